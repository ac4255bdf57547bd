from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class PaymentStatus(models.TextChoices):
    """What the shop said of the payment when it told us of the purchase."""

    PAID = "paid", _("Paid")
    PENDING = "pending", _("Not yet paid")


class Purchase(models.Model):
    """A fact: a customer bought something. Never changed; a refund is another fact.

    `lines` holds what was bought, as a list of objects `key, sku, name, category, quantity, unit_price`;
    amounts are minor units of the merchant's currency. `total` is what was paid, discounts, tax and
    shipping included, and so need not be the sum of the lines.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="purchases", db_index=False, db_constraint=False
    )
    order_id = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    total = models.BigIntegerField()
    lines = models.JSONField(default=list)
    referral_code = models.CharField(max_length=32, blank=True)
    payment_status = models.CharField(max_length=10, choices=PaymentStatus.choices, default=PaymentStatus.PAID)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="purchase_same_merchant"),
            models.UniqueConstraint(fields=["order_id", "merchant"], name="purchase_order_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="purchase_id_merchant"),
            models.CheckConstraint(condition=models.Q(total__range=(0, 10**12)), name="purchase_total_in_range"),
        ]
        indexes = [models.Index(fields=["customer", "occurred_at"], name="purchase_by_customer")]
        triggers = [*immutable("purchase")]

    def __str__(self) -> str:
        return self.order_id
