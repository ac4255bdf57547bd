"""The terms on which a wallet keeps points, and what its tiers ask for, ready to compute with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from credits.models.tiers import Tier
from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant


@dataclass(frozen=True, slots=True)
class TierTerms:
    """What a tier requires and how it multiplies, ready to compute with."""

    id: int
    code: str
    name: str
    rank: int
    min_spend: int
    min_orders: int
    min_points: int
    multiplier: Fraction

    @property
    def asks_for_nothing(self) -> bool:
        """Whether everybody has reached it, so that it cannot be lost."""
        return not (self.min_spend or self.min_orders or self.min_points)


@dataclass(frozen=True, slots=True)
class WalletTerms:
    """The terms on which a wallet's points are kept; tiers from the lowest rank to the highest."""

    wallet_id: int
    merchant_id: int
    expiry_rule: str
    expiry_months: int | None
    expiry_day: str
    pending_days: int
    return_policy: str
    restore_grace_days: int
    adjustment_max: int
    transfer_day_max: int | None
    zone: ZoneInfo
    tier_window: str
    tier_downgrade: str
    tier_grace_days: int
    tiers: tuple[TierTerms, ...]
    tiers_by_id: Mapping[int | None, TierTerms]


def default_wallet_terms(*, merchant: Merchant) -> WalletTerms:
    """The terms of a merchant's default wallet.

    :raises Wallet.DoesNotExist: if the merchant has no programme yet.
    """
    return wallet_terms(wallet=Wallet.objects.get(merchant=merchant, is_default=True), zone=merchant.time_zone)


def wallet_terms(*, wallet: Wallet, zone: str) -> WalletTerms:
    """The terms of a wallet.

    :param zone: the merchant's time zone.
    """
    tiers = tuple(
        TierTerms(
            id=tier.pk,
            code=tier.code,
            name=tier.name,
            rank=tier.rank,
            min_spend=tier.min_spend,
            min_orders=tier.min_orders,
            min_points=tier.min_points,
            multiplier=Fraction(tier.points_multiplier),
        )
        for tier in Tier.objects.filter(wallet=wallet).order_by("rank")
    )
    return WalletTerms(
        wallet_id=wallet.pk,
        merchant_id=wallet.merchant_id,
        expiry_rule=wallet.expiry_rule,
        expiry_months=wallet.expiry_months,
        expiry_day=wallet.expiry_day,
        pending_days=wallet.pending_days,
        return_policy=wallet.return_policy,
        restore_grace_days=wallet.restore_grace_days,
        adjustment_max=wallet.adjustment_max,
        transfer_day_max=wallet.transfer_day_max,
        zone=ZoneInfo(zone),
        tier_window=wallet.tier_window,
        tier_downgrade=wallet.tier_downgrade,
        tier_grace_days=wallet.tier_grace_days,
        tiers=tiers,
        tiers_by_id={tier.id: tier for tier in tiers},
    )


def tier_reached(tiers: Sequence[TierTerms], *, spend: int, orders: int, points: int) -> TierTerms | None:
    """The highest tier whose requirements are all met: spend and orders and points.

    :param tiers: from the lowest rank to the highest.
    :param spend: qualifying spend, minor units.
    """
    for tier in reversed(tiers):
        if spend >= tier.min_spend and orders >= tier.min_orders and points >= tier.min_points:
            return tier
    return None
