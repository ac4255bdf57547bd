from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption
from rewards.models.evaluations import Evaluation
from rewards.models.policies import PolicyVersion


class GrantState(models.TextChoices):
    """The life of a grant."""

    WAITING = "waiting", "Waits for a decision about the referral"
    ISSUED = "issued", "Usable"
    REVOKED = "revoked", "Taken back"


class Grant(models.Model):
    """A reward option given to a customer without points: a free meal, a discount, free shipping.

    `key` names the cause: one grant per cause, for ever, so a milestone is paid once even if purchases
    are refunded and made again.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    option = models.ForeignKey(RewardOption, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    quantity = models.PositiveIntegerField(default=1)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="grants")
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=GrantState.choices, default=GrantState.ISSUED)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="grant_customer_same_merchant"),
            SameMerchant(field="option", name="grant_option_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="grant_one_per_cause"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="grant_quantity_positive"),
            models.CheckConstraint(
                condition=Q(state=GrantState.REVOKED) ^ Q(revoked_at__isnull=True),
                name="grant_revoked_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.option_id}"
