"""The catalog: what a merchant's customers can redeem points for, and what of it one customer can have now."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from config.lib.briefly import Briefly
from config.lib.display_cache import forget_shown, shown
from config.lib.money import major_units
from credits.selectors.accounts import Balance, balance_of, find_account
from credits.selectors.terms import TierTerms, WalletTerms
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import DiscountType, Kind, RewardOption
from rewards.selectors.eligibility import LOWEST, Standing, WhyNot, reasons, standing_at, standing_of

CACHED_SECONDS = 6 * 3600
"""For how long the catalog is shown from the cache at most, as requirement 004 says."""

AFFORDABLE, WITHIN_REACH = "affordable", "within_reach"
REACH = 2
"""Within reach is what costs at most so many times the points that are there, those that wait included."""

_CATALOG = "catalog"
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_GROUPS = {
    Kind.DISCOUNT: "discounts",
    Kind.SHIPPING: "discounts",
    Kind.PRODUCT: "products",
    Kind.SERVICE: "services",
    Kind.EXPERIENCE: "experiences",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A reward option for one customer: why they cannot have it now, and how many points are missing."""

    option: RewardOption
    why_not: Sequence[WhyNot]
    points_missing: int
    is_within_reach: bool

    @property
    def is_affordable(self) -> bool:
        """Whether the customer can have it now."""
        return not self.why_not and not self.points_missing

    @property
    def points_there(self) -> int:
        """How much of the price the customer has."""
        return (self.option.points_required or 0) - self.points_missing


def catalog_groups(*, merchant: Merchant, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """What is on offer at `now`, by the groups of requirement 004; shown from the cache for up to six hours."""
    body = shown(kind=_CATALOG, merchant_id=merchant.pk, seconds=CACHED_SECONDS, compute=lambda: _render(merchant))
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in dict.fromkeys(_GROUPS.values())}
    for each in msgspec.json.decode(body, type=list[_Kept]):
        if (each.starts_at is None or each.starts_at <= now) and (each.ends_at is None or now < each.ends_at):
            groups[each.group].append(each.item)
    return groups


def forget_catalog(*, merchant_id: int) -> None:
    """Read the catalog again: an option has changed, or its stock."""
    forget_shown(kind=_CATALOG, merchant_id=merchant_id)


def offered_to(
    *, customer: Customer, wallet_id: int, now: datetime, category: str = "", within: str = ""
) -> list[Offered]:
    """What is on offer, for one customer, the cheapest first; never from the cache.

    :param category: of these only; empty: of all.
    :param within: `affordable`: what they can have now; `within_reach`: what they will have soon, or now; empty: all.
    """
    options = list(_on_offer(customer.merchant_id, category).order_by("points_required", "pk"))
    balance = balance_of(find_account(wallet_id=wallet_id, customer_id=customer.pk), now=now)
    standing = standing_of(customer=customer, options=options, now=now)
    return [each for each in _offered(options, standing, balance, now) if WITHIN[within](each)]


def shown_within_reach(
    *, customer: Customer, balance: Balance, terms: WalletTerms, tier: TierTerms | None, limit: int, now: datetime
) -> list[Offered]:
    """What a customer will have soon, or now, the dearest first; read at most every five seconds, and for display."""
    coming = balance.available + balance.pending
    options = _briefly_on_offer(customer.merchant_id) or []
    near = [each for each in options if (each.points_required or 0) <= coming * REACH]
    rank, ranks = tier.rank if tier else LOWEST, {each.code: each.rank for each in terms.tiers}
    standing = standing_at(rank, ranks, customer=customer, options=near, now=now)
    found = [each for each in _offered(near, standing, balance, now) if each.is_within_reach]
    return found[::-1][:limit]


def item_of(option: RewardOption) -> dict[str, Any]:
    """A reward option in the shape of requirement 004; money in major units."""
    reward_type, currency = option.reward_type, option.merchant.currency
    item: dict[str, Any] = {
        "id": option.code,
        "name": option.name,
        "type": reward_type.kind,
        "category": reward_type.category,
        "description": option.description,
        "points_cost": option.points_required,
        "minimum_order": major_units(option.minimum_order, currency),
        "expiration_days": option.valid_days,
        "stock_quantity": option.stock,
        "shipping_required": option.shipping_required,
        "availability": "by_appointment" if option.by_appointment else "always",
        "min_tier": option.min_tier or None,
        "picture": {"url": option.picture_url, "alt": option.picture_alt} if option.picture_url else None,
    }
    if reward_type.kind in {Kind.DISCOUNT, Kind.SHIPPING}:
        is_money = reward_type.discount_type == DiscountType.FIXED
        value = reward_type.discount_value
        item["discount_type"] = reward_type.discount_type
        item["value"] = major_units(value, currency) if is_money else value
    return item


class _Kept(msgspec.Struct):
    group: str
    starts_at: datetime | None
    ends_at: datetime | None
    item: dict[str, Any]


WITHIN: Mapping[str, Callable[[Offered], bool]] = {
    "": lambda _: True,
    AFFORDABLE: lambda offered: offered.is_affordable,
    WITHIN_REACH: lambda offered: offered.is_within_reach,
}
"""What `within` chooses."""


def _offered(options: Iterable[RewardOption], standing: Standing, balance: Balance, now: datetime) -> Iterator[Offered]:
    """Options for one customer, without those whose time has not come or is over."""
    coming = balance.available + balance.pending
    for option in options:
        price = option.points_required or 0
        refused = reasons(option, standing, quantity=1, now=now)
        if {WhyNot.NOT_YET, WhyNot.NO_LONGER}.isdisjoint(refused):
            missing = max(price - balance.available, 0)
            yield Offered(option, refused, missing, not refused and price <= coming * REACH)


def _render(merchant: Merchant) -> bytes:
    options = _on_offer(merchant.pk, "").order_by("points_required", "pk")
    kept = [_Kept(_GROUPS[each.reward_type.kind], each.starts_at, each.ends_at, item_of(each)) for each in options]
    return _ENCODER.encode(kept)


def _on_offer(merchant_id: int, category: str) -> QuerySet[RewardOption]:
    """What can be redeemed for points at some time."""
    options = RewardOption.objects.filter(
        merchant=merchant_id, is_active=True, reward_type__is_active=True, points_required__isnull=False
    ).select_related("reward_type", "merchant", "partner")
    return options.filter(reward_type__category=category) if category else options


_briefly_on_offer: Briefly[int, list[RewardOption]] = Briefly(
    lambda merchant_id: list(_on_offer(merchant_id, "").order_by("points_required", "pk"))
)
