import pgtrigger
from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import RefuseTruncate
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase


class Refund(models.Model):
    """A fact: of a purchase so much was paid back. Never changed.

    `asked` is what the sender said: `amount`, or `lines`, or nothing for all that was left. It is settled once, under
    the lock on the purchase: `amount` in all, and `lines`, a list of objects `line` (its index), `amount`, `quantity`.

    A refund may come before its purchase. Then it waits with an `order_id` and without a purchase, until it is
    settled or refused (`refusal`, the code of the reason): the one change that it ever sees.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, related_name="refunds", db_index=False, db_constraint=False
    )
    order_id = models.CharField(max_length=100, blank=True, help_text="Only if it came before its purchase.")
    refund_id = models.CharField(max_length=255, help_text="The sender's id: a repetition is not another refund.")
    asked = models.JSONField(default=dict)
    amount = models.BigIntegerField(null=True, help_text="Minor units.")
    lines = models.JSONField(default=list)
    refusal = models.CharField(max_length=30, blank=True, help_text="Why it was not applied when its purchase came.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="purchase", name="refund_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "refund_id"], name="refund_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="refund_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(purchase__isnull=False, amount__isnull=False, refusal="")
                | (Q(purchase__isnull=True, amount__isnull=True) & ~Q(order_id="")),
                name="refund_is_settled_or_waits",
            ),
        ]
        indexes = [
            models.Index(fields=["purchase"], name="refund_by_purchase"),
            models.Index(
                fields=["merchant", "order_id"],
                name="refund_parked",
                condition=Q(purchase__isnull=True, refusal=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="refund_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__purchase__isnull=False) | ~pgtrigger.Q(old__refusal=""),
            ),
            pgtrigger.ReadOnly(
                name="refund_asks_for_ever_the_same", exclude=["purchase", "amount", "lines", "refusal"]
            ),
            pgtrigger.Protect(name="refund_never_goes", operation=pgtrigger.Delete),
            RefuseTruncate(name="refund_never_truncated"),
        ]

    def __str__(self) -> str:
        return self.refund_id
