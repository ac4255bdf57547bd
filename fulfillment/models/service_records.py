from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class ServiceKind(models.TextChoices):
    """What is done for the customer."""

    REPAIR = "repair", _("Repair")
    REPLACEMENT = "replacement", _("Replacement")
    SERVICE = "service", _("Service")


class ServiceState(models.TextChoices):
    """The life of a job."""

    OPEN = "open", _("Open")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class ServiceRecord(models.Model):
    """A job of another system, such as a repair, to which rewards can be applied.

    `reference` is that system's id, and `amount` what the customer would pay without rewards. What they do pay is
    settled when the job is completed (`final_amount`), and nothing of it changes any more. `title` is that system's
    words, and goes when the customer is erased.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=ServiceKind.choices)
    title = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField(help_text="Minor units, before rewards.")
    final_amount = models.BigIntegerField(null=True, blank=True, help_text="Minor units; settled at completion.")
    state = models.CharField(max_length=10, choices=ServiceState.choices, default=ServiceState.OPEN)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="service_record_same_merchant"),
            models.UniqueConstraint(fields=["reference", "merchant"], name="service_record_reference_once"),
            models.UniqueConstraint(fields=["id", "customer"], name="service_record_id_customer"),
            models.CheckConstraint(
                condition=Q(amount__range=(0, 10**12))
                & (Q(final_amount__isnull=True) | Q(final_amount__gte=0, final_amount__lte=models.F("amount"))),
                name="service_record_amounts_in_range",
            ),
            models.CheckConstraint(
                condition=Q(state=ServiceState.OPEN, ended_at__isnull=True, final_amount__isnull=True)
                | Q(state=ServiceState.COMPLETED, ended_at__isnull=False, final_amount__isnull=False)
                | Q(state=ServiceState.CANCELLED, ended_at__isnull=False, final_amount__isnull=True),
                name="service_record_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
