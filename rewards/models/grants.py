import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption
from rewards.models.evaluations import Evaluation
from rewards.models.policies import PolicyVersion

REDEEMED = "redemption:"
"""How the keys of grants begin that no policy gave, but a customer paid points for."""


class GrantState(models.TextChoices):
    """The life of a grant."""

    WAITING = "waiting", _("Waits for a decision about the referral")
    ISSUED = "issued", _("Usable")
    RESERVED = "reserved", _("Reserved")
    USED = "used", _("Used")
    REVOKED = "revoked", _("Taken back")
    EXPIRED = "expired", _("Expired")


class Grant(models.Model):
    """A reward option that a customer can use: a free meal, a discount, free shipping; given, or redeemed for points.

    `key` names the cause: one grant per cause, for ever, so a milestone is paid once even if purchases
    are refunded and made again. One purpose at a time reserves it (`reserved_for`), for so many of its
    `quantity`; what it does not use is usable again. A grant that is taken back while it is reserved has the
    date of that and goes when the purpose lets go of it: what was promised at a checkout is kept.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    option = models.ForeignKey(RewardOption, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    quantity = models.PositiveIntegerField(default=1)
    used_quantity = models.PositiveIntegerField(default=0)
    reserved_quantity = models.PositiveIntegerField(default=0)
    reserved_for = models.CharField(max_length=120, blank=True)
    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, null=True, related_name="grants", help_text="Empty: points paid for it."
    )
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=GrantState.choices, default=GrantState.ISSUED)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    reserved_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="grant_customer_same_merchant"),
            SameMerchant(field="option", name="grant_option_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="grant_one_per_cause"),
            models.UniqueConstraint(fields=["id", "merchant"], name="grant_id_merchant"),
            models.CheckConstraint(
                condition=Q(evaluation__isnull=False, policy_version__isnull=False)
                | Q(evaluation__isnull=True, policy_version__isnull=True, key__startswith=REDEEMED),
                name="grant_by_a_policy_or_for_points",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="grant_quantity_positive"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("used_quantity") + F("reserved_quantity")),
                name="grant_gives_no_more_than_it_has",
            ),
            models.CheckConstraint(
                condition=(Q(state=GrantState.RESERVED, reserved_quantity__gt=0) & ~Q(reserved_for=""))
                | (~Q(state=GrantState.RESERVED) & Q(reserved_quantity=0, reserved_for="", reserved_at__isnull=True)),
                name="grant_reserved_for_something",
            ),
            models.CheckConstraint(
                condition=Q(state=GrantState.USED, used_quantity=F("quantity"), used_at__isnull=False)
                | (~Q(state=GrantState.USED) & Q(used_quantity__lt=F("quantity"))),
                name="grant_used_up",
            ),
            models.CheckConstraint(
                condition=Q(state=GrantState.REVOKED, revoked_at__isnull=False)
                | Q(state__in=[GrantState.RESERVED, GrantState.USED])
                | Q(state__in=[GrantState.WAITING, GrantState.ISSUED, GrantState.EXPIRED], revoked_at__isnull=True),
                name="grant_revoked_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state=GrantState.EXPIRED) ^ Q(expired_at__isnull=True), name="grant_expired_has_a_date"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="grant_to_expire",
                condition=Q(state=GrantState.ISSUED, expires_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="grant_goes_its_way",
                field="state",
                transitions=[
                    ("waiting", "issued"),
                    ("waiting", "revoked"),
                    ("issued", "waiting"),
                    ("issued", "reserved"),
                    ("issued", "revoked"),
                    ("issued", "expired"),
                    ("reserved", "issued"),
                    ("reserved", "used"),
                    ("reserved", "revoked"),
                    ("reserved", "expired"),
                    ("used", "issued"),
                    ("used", "revoked"),
                    ("used", "expired"),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.option_id}"

    @property
    def takes_stock(self) -> bool:
        """Whether using it takes something off the shelf; of what was paid for in points, that was done then."""
        is_counted = self.option.stock_quantity is not None or self.option.partner_id is not None
        return is_counted and self.evaluation_id is not None
