import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.encryption import EncryptedTextField
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption


class CouponPool(models.Model):
    """The codes that a reward option hands out, such as those of gift cards.

    `free` counts them, so that taking one is a single conditional update, and the moment at which they run low is
    seen by exactly one taker.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    option = models.OneToOneField(RewardOption, on_delete=models.PROTECT, related_name="pool", db_constraint=False)
    free = models.BigIntegerField(default=0, editable=False)
    low_at = models.PositiveIntegerField(default=10, help_text="Whoever supplies them is told at so many.")
    event_sequence = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            SameMerchant(field="option", name="coupon_pool_same_merchant"),
            models.UniqueConstraint(fields=["id", "merchant"], name="coupon_pool_id_merchant"),
            models.CheckConstraint(condition=Q(free__gte=0), name="coupon_pool_free_never_negative"),
        ]

    def __str__(self) -> str:
        return f"Codes for {self.option}"


class CouponState(models.TextChoices):
    """The life of a coupon. Once handed out it is known to somebody, so it is never free again."""

    FREE = "free", _("Free")
    RESERVED = "reserved", _("Reserved")
    HANDED_OUT = "handed_out", _("Handed out")
    VOID = "void", _("Void")


class Coupon(models.Model):
    """A code out of a pool: stored encrypted, found by a keyed hash, handed out once."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    pool = models.ForeignKey(
        CouponPool, on_delete=models.PROTECT, related_name="coupons", db_index=False, db_constraint=False
    )
    code = EncryptedTextField()
    code_hash = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=CouponState.choices, default=CouponState.FREE)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    key = models.CharField(max_length=120, blank=True, help_text="The purpose that it was taken for.")
    expires_at = models.DateTimeField(null=True, blank=True)
    imported_at = models.DateTimeField()
    reserved_at = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="pool", name="coupon_pool_same_merchant_as_coupon"),
            SameMerchant(field="customer", name="coupon_customer_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "code_hash"], name="coupon_code_once"),
            models.CheckConstraint(
                condition=Q(key="", customer__isnull=True, reserved_at__isnull=True, handed_out_at__isnull=True)
                | (~Q(key="") & Q(customer__isnull=False, reserved_at__isnull=False)),
                name="coupon_taken_by_somebody_for_something",
            ),
            models.CheckConstraint(
                condition=Q(state=CouponState.FREE, key="")
                | (Q(state=CouponState.RESERVED, handed_out_at__isnull=True) & ~Q(key=""))
                | (Q(state=CouponState.HANDED_OUT, handed_out_at__isnull=False) & ~Q(key=""))
                | Q(state=CouponState.VOID),
                name="coupon_state_as_it_happened",
            ),
            models.CheckConstraint(
                condition=Q(state=CouponState.VOID) ^ Q(voided_at__isnull=True), name="coupon_void_has_a_date"
            ),
        ]
        indexes = [
            models.Index(fields=["pool", "id"], name="coupon_free", condition=Q(state=CouponState.FREE)),
            models.Index(fields=["merchant", "key"], name="coupon_by_purpose", condition=~Q(key="")),
            models.Index(
                fields=["expires_at"], name="coupon_to_expire",
                condition=Q(state=CouponState.FREE, expires_at__isnull=False),
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.FSM(
                name="coupon_goes_its_way",
                field="state",
                transitions=[
                    ("free", "reserved"),
                    ("free", "void"),
                    ("reserved", "free"),
                    ("reserved", "handed_out"),
                    ("reserved", "void"),
                    ("handed_out", "void"),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"Coupon {self.pk}"
