"""Reading the ledger: terms, balances, tiers."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection

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


class Balance(NamedTuple):
    """What a customer has at a moment."""

    available: int
    pending: int
    held: int
    owed: int


_BALANCE = """
    SELECT coalesce(sum(remaining - promised) FILTER (WHERE in_force AND active_at <= %(now)s), 0)::bigint,
        coalesce(sum(remaining) FILTER (WHERE in_force AND (active_at IS NULL OR active_at > %(now)s)), 0)::bigint,
        coalesce(sum(promised), 0)::bigint
    FROM credits_lot AS lot
    CROSS JOIN LATERAL (
        SELECT expires_at IS NULL OR expires_at > %(now)s AS in_force, CASE WHEN held = 0 THEN 0 ELSE (
            SELECT coalesce(sum(held_lot.points), 0) FROM credits_heldlot AS held_lot
            JOIN credits_hold AS hold ON hold.id = held_lot.hold_id
            WHERE held_lot.lot_id = lot.entry_id AND hold.state = 'open' AND hold.expires_at > %(now)s) END AS promised
    ) AS at_that_time
    WHERE account_id = %(account)s AND remaining > 0
"""


def balance_now(*, account_id: int, owed: int, now: datetime) -> Balance:
    """A balance computed from the lots, for the time after `next_change_at` and before the sums are settled.

    What becomes spendable repays a debt first; a hold whose time has passed holds nothing any more.

    :param owed: the debt that the account says.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, {"account": account_id, "now": now})
        available, pending, held = cursor.fetchone()
    return Balance(max(0, available - owed), pending, held, max(0, owed - available))


DISPLAYED_SECONDS = 5.0
_NO_TIER = msgspec.Raw(b"null")
_on_display: dict[int, tuple[float, "WalletOnDisplay"]] = {}


@dataclass(frozen=True, slots=True)
class WalletOnDisplay:
    """What a balance is shown with: the wallet's words, and each tier as ready JSON."""

    wallet_id: int
    code: str
    unit_name: str
    lowest_tier: msgspec.Raw
    tiers: Mapping[int | None, msgspec.Raw]

    def tier(self, tier_id: int | None) -> msgspec.Raw:
        """A tier as JSON; whoever has none yet is shown the lowest."""
        return self.tiers.get(tier_id, self.lowest_tier)


def wallet_on_display(*, merchant_id: int) -> WalletOnDisplay | None:
    """A merchant's default wallet and its tiers, for display; None if the merchant has no programme yet.

    Read at most every five seconds in each process: benefits change with a programme, not with a purchase.
    """
    now = time.monotonic()
    read_at, shown = _on_display.get(merchant_id, (0.0, None))
    if shown is not None and now - read_at < DISPLAYED_SECONDS:
        return shown
    wallet = Wallet.objects.filter(merchant=merchant_id, is_default=True).first()
    if wallet is None:
        return None
    tiers: dict[int | None, msgspec.Raw] = {
        tier.pk: _as_json(tier) for tier in Tier.objects.filter(wallet=wallet).order_by("rank")
    }
    lowest = next(iter(tiers.values()), _NO_TIER)
    shown = WalletOnDisplay(wallet.pk, wallet.code, wallet.unit_name, lowest, tiers)
    _on_display[merchant_id] = (now, shown)
    return shown


def forget_display() -> None:
    """Read every wallet and its tiers again at the next use."""
    _on_display.clear()


def _as_json(tier: Tier) -> msgspec.Raw:
    shown = {
        "code": tier.code,
        "name": tier.name,
        "points_multiplier": str(tier.points_multiplier),
        "benefits": tier.benefits,
    }
    return msgspec.Raw(msgspec.json.encode(shown))
