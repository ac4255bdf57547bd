from django.db import models

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase


class Refund(models.Model):
    """A fact: a whole purchase was paid back. Never changed."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="refunds", db_index=False, db_constraint=False
    )
    refund_id = models.CharField(max_length=255, help_text="The sender's id: a repetition is not another refund.")
    amount = models.BigIntegerField(help_text="Minor units.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="purchase", name="refund_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "refund_id"], name="refund_once"),
            models.UniqueConstraint(fields=["purchase"], name="refund_whole_purchase_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="refund_amount_not_negative"),
        ]
        triggers = [*immutable("refund")]

    def __str__(self) -> str:
        return self.refund_id
