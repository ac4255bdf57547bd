from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase


class Settlement(models.TextChoices):
    """How the payment of a purchase ended."""

    PAID = "paid", _("Paid")
    VOIDED = "voided", _("Never paid")


class Payment(models.Model):
    """A fact: a purchase that was told before it was paid has been paid, or never will be. Never changed."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=10, choices=Settlement.choices)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="purchase", name="payment_same_merchant"),
            models.UniqueConstraint(fields=["purchase"], name="payment_once_a_purchase"),
        ]
        triggers = [*immutable("payment")]

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.status}"
