import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase

POINTS_MIN, SHARE_MAX, SESSION_SECONDS = 500, 50, 900


class CheckoutTerms(models.Model):
    """On which terms a merchant's customers pay with points; a merchant without a row has the usual ones."""

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="+")
    points_min = models.PositiveIntegerField(default=POINTS_MIN, help_text="Fewer points are not taken.")
    order_share_max = models.PositiveSmallIntegerField(
        default=SHARE_MAX, help_text="Per cent of an order that points may pay."
    )
    session_seconds = models.PositiveIntegerField(default=SESSION_SECONDS, help_text="How long a checkout has.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(order_share_max__lte=100) & Q(session_seconds__range=(10, 86_400)),
                name="checkout_terms_in_range",
            )
        ]
        verbose_name_plural = "checkout terms"

    def __str__(self) -> str:
        return f"Checkout of {self.merchant}"


class SessionState(models.TextChoices):
    """A session ends once, in one of three ways."""

    OPEN = "open", _("Open")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class PurchaseSession(models.Model):
    """A cart at a checkout: its price for this customer, frozen, with all that lowers it held until it ends.

    It holds points (a Hold of the ledger, by `key`), grants, coupons and stock, so that no other cart is promised the
    same. Completed it is a purchase; else everything is free again. What it was told and what it answered never
    change. `birthday_year` says of which birthday it takes the discount: that is given once.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.OPEN)
    cart = models.JSONField()
    quote = models.JSONField()
    gross = models.BigIntegerField(help_text="What the goods cost everybody, minor units.")
    goods = models.BigIntegerField(help_text="What they cost this customer, before points.")
    points_value = models.BigIntegerField(default=0, help_text="What points pay of that.")
    shipping = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0, help_text="Paid with, and for what is redeemed; all are held.")
    birthday_year = models.PositiveSmallIntegerField(null=True)
    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="session_same_merchant"),
            models.UniqueConstraint(
                fields=["customer", "birthday_year"],
                name="session_one_birthday_discount",
                condition=Q(birthday_year__isnull=False, state__in=[SessionState.OPEN, SessionState.COMPLETED]),
            ),
            models.CheckConstraint(
                condition=Q(gross__gte=F("goods"), goods__gte=F("points_value"), points_value__gte=0)
                & Q(points__gte=0, shipping__gte=0),
                name="session_price_between_nothing_and_all",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.OPEN) ^ Q(ended_at__isnull=False), name="session_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.COMPLETED) ^ Q(purchase__isnull=True),
                name="session_completed_is_a_purchase",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="session_has_time"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="session_to_expire", condition=Q(state=SessionState.OPEN))]
        triggers = [
            pgtrigger.FSM(
                name="session_goes_its_way",
                field="state",
                transitions=[("open", "completed"), ("open", "cancelled"), ("open", "expired")],
            ),
            pgtrigger.ReadOnly(
                name="session_is_frozen",
                fields=[
                    "merchant", "customer", "cart", "quote", "gross", "goods", "points_value", "shipping", "points",
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Session {self.uuid}"

    @property
    def key(self) -> str:
        """Names the session wherever something is held for it."""
        return f"session:{self.uuid}"

    @property
    def taking_keys(self) -> list[str]:
        """Names of what was taken off the shelf for it, in the order of the options."""
        redeemed = [(option_id, 0) for option_id in self.quote["option_ids"]]
        granted = [(option_id, grant_id) for option_id, grant_id in self.quote.get("granted", ())]
        return [self.taking_key(*taking) for taking in sorted([*redeemed, *granted])]

    def taking_key(self, option_id: int, grant_id: int = 0) -> str:
        """Names what is taken of an option that is redeemed, or is used by a grant."""
        return f"{self.key}:{option_id}:{grant_id}" if grant_id else f"{self.key}:{option_id}"

    @property
    def paid(self) -> int:
        """What is paid for the goods in money; shipping comes on top."""
        return self.goods - self.points_value
