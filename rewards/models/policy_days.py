import pgtrigger
from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from config.lib.immutable import immutable
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class PolicyDay(models.Model):
    """A day of the calendar that has come for a merchant, on which policies were due when it began.

    A sweep goes through the customers in the order of their ids, a chunk a transaction; `reached` is the id up to which
    it has come, and `done_at` the moment at which it had come to the end. Which policies were due is written down once,
    so one that is published later has nothing to make up for.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text="In the merchant's zone.")
    starts_at = models.DateTimeField()
    policies = models.JSONField(help_text="The ids of those that were due.")
    reached = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day"], name="policy_day_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="policy_day_id_merchant"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_at__gte=models.F("starts_at")),
                name="policy_day_done_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="policy_day_to_do", condition=Q(done_at__isnull=True)),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="policy_day_stays_as_it_is", fields=["merchant", "day", "starts_at", "policies"]),
            pgtrigger.Protect(name="policy_day_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.day)


class Occurrence(models.Model):
    """A fact: a day on which policies were due came for a customer, to whom one of them had something to give."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    policy_day = models.ForeignKey(
        PolicyDay, on_delete=models.PROTECT, related_name="occurrences", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            SameMerchant(field="policy_day", name="occurrence_day_same_merchant"),
            SameMerchant(field="customer", name="occurrence_customer_same_merchant"),
            models.UniqueConstraint(fields=["customer", "policy_day"], name="occurrence_once"),
        ]
        triggers = [*immutable("occurrence")]

    def __str__(self) -> str:
        return f"Occurrence {self.pk}"
