from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from config.lib.constraints import SameMerchant
from config.lib.immutable import immutable
from credits.models.accounts import Account
from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant


class Tier(models.Model):
    """A rank that customers reach by spend and orders and points, all three; the benefits are data.

    Rank 0 is where everybody starts, so it requires nothing.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="tiers", db_constraint=False)
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField()
    min_spend = models.BigIntegerField(default=0, help_text="Minor units.")
    min_orders = models.BigIntegerField(default=0)
    min_points = models.BigIntegerField(default=0, help_text="Qualifying points.")
    points_multiplier = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(1))
    benefits = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            SameMerchant(field="wallet", name="tier_same_merchant"),
            models.UniqueConstraint(fields=["wallet", "code"], name="tier_code_once"),
            models.UniqueConstraint(fields=["wallet", "rank"], name="tier_rank_once"),
            models.CheckConstraint(
                condition=models.Q(min_spend__gte=0, min_orders__gte=0, min_points__gte=0),
                name="tier_requirements_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(rank__gt=0) | models.Q(min_spend=0, min_orders=0, min_points=0),
                name="tier_lowest_requires_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(points_multiplier__range=(Decimal("0.001"), 100)),
                name="tier_multiplier_in_range",
            ),
        ]
        ordering = ["wallet", "rank"]

    def __str__(self) -> str:
        return self.name


class TierMove(models.Model):
    """A customer's tier changed: from what to what, why, and since when. Never changed."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tier_moves")
    from_tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=20)
    evaluation_id = models.BigIntegerField(null=True, help_text="The evaluation that moved it.")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "evaluation_id"], name="tier_move_once_an_evaluation"),
            models.CheckConstraint(
                condition=models.Q(from_tier__isnull=True) | ~models.Q(from_tier=models.F("to_tier")),
                name="tier_move_moves",
            ),
        ]
        triggers = [*immutable("tier_move")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.from_tier_id} → {self.to_tier_id}"


class TierAssignment(models.Model):
    """A person put a customer into a tier, and says why; it stays there until `until`."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tier_assignments", db_constraint=False)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    actor = models.CharField(max_length=40, help_text="The person or the key, in the words of entries.")
    until = models.DateTimeField(null=True, help_text="Empty: it is not locked, and the next review decides.")
    key = models.CharField(max_length=255, null=True, help_text="The caller's name for it: sent again, it is the same.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="account", name="tier_assignment_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="tier_assignment_key_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="tier_assignment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.tier_id}"
