"""Reading the ledger: terms, balances, tiers."""

from collections.abc import Sequence
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
    rank: int
    min_spend: int
    min_orders: int
    min_points: int
    multiplier: Fraction


@dataclass(frozen=True, slots=True)
class WalletTerms:
    """The terms on which a wallet's points are kept; tiers from the lowest rank to the highest."""

    wallet_id: int
    merchant_id: int
    expiry_months: int | None
    return_policy: str
    zone: ZoneInfo
    tiers: tuple[TierTerms, ...]


def default_wallet_terms(*, merchant: Merchant) -> WalletTerms:
    """The terms of a merchant's default wallet.

    :raises Wallet.DoesNotExist: if the merchant has no programme yet.
    """
    wallet = Wallet.objects.get(merchant=merchant, is_default=True)
    tiers = tuple(
        TierTerms(
            id=tier.pk,
            code=tier.code,
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
        merchant_id=merchant.pk,
        expiry_months=wallet.expiry_months,
        return_policy=wallet.return_policy,
        zone=ZoneInfo(merchant.time_zone),
        tiers=tiers,
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
