from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant

BIRTHDAY = "birthday"
ACCOUNT_CREATION = "account_creation"
OWN_KINDS = (ACCOUNT_CREATION, BIRTHDAY)
"""Kinds that are recorded here, by Grapevine itself, and that no other system can tell."""

OURSELVES = "grapevine"
"""The source of what is recorded here."""


class Activity(models.Model):
    """A fact: a customer did something that is no purchase, or had a birthday. Never changed.

    `kind` is the merchant's own word for it, such as product_review; `reference` is what it was about, by the
    sender's id. Activity ids are unique within their source, so that a repetition is not another activity.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="activities", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=20, help_text="The door it came through: api, or grapevine for its own.")
    activity_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            SameMerchant(field="customer", name="activity_same_merchant"),
            models.UniqueConstraint(fields=["activity_id", "source", "merchant"], name="activity_once"),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z0-9_]*$"), name="activity_kind_is_a_word"),
            models.CheckConstraint(
                condition=Q(source=OURSELVES, kind__in=OWN_KINDS) | (~Q(source=OURSELVES) & ~Q(kind__in=OWN_KINDS)),
                name="activity_own_kinds_are_ours",
            ),
        ]
        indexes = [models.Index(fields=["customer", "kind", "occurred_at"], name="activity_by_customer")]
        triggers = [*immutable("activity")]

    def __str__(self) -> str:
        return f"{self.kind} {self.activity_id}"
