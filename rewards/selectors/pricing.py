"""What a pricing service is told of a programme; remembered, so that it can be told while PostgreSQL is away."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError

from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant
from rewards.models.policies import PolicyVersion
from rewards.selectors.checkout_terms import checkout_terms

REMEMBERED_SECONDS = 5.0
_remembered: dict[int, tuple[float, "PricingTerms"]] = {}


@dataclass(frozen=True, slots=True)
class PricingTerms:
    """What points are worth at a checkout, and by what policies multiply the categories of goods.

    `point_value` is in minor units.
    """

    point_value: str
    points_min: int
    order_share_max: int
    categories: dict[str, float]


def pricing_terms(merchant: Merchant, *, now: datetime) -> PricingTerms:
    """The terms of a merchant at `now`, read at most every five seconds in each process.

    :raises OperationalError: if PostgreSQL is away and this process has never read them.
    """
    read_at, known = _remembered.get(merchant.pk, (0.0, None))
    if known is not None and time.monotonic() - read_at < REMEMBERED_SECONDS:
        return known
    try:
        found = _read(merchant, now)
    except (OperationalError, InterfaceError):
        if known is None:
            raise
        return known
    _remembered[merchant.pk] = (time.monotonic(), found)
    return found


def forget_pricing() -> None:
    """Read all terms again at the next use."""
    _remembered.clear()


def _read(merchant: Merchant, now: datetime) -> PricingTerms:
    wallet = Wallet.objects.filter(merchant=merchant, is_default=True).first()
    terms = checkout_terms(merchant)
    categories: dict[str, float] = {}
    in_force = PolicyVersion.objects.in_force(now).filter(merchant=merchant)
    for definition in in_force.values_list("definition", flat=True):
        points = definition.get("give", {}).get("points", {})
        if definition.get("beneficiary") == "buyer":
            for category, times in points.get("categories", {}).items():
                categories[category] = max(categories.get(category, 0), float(times))
    return PricingTerms(
        point_value=str(wallet.point_value.normalize()) if wallet else "0",
        points_min=terms.points_min,
        order_share_max=terms.order_share_max,
        categories=categories,
    )
