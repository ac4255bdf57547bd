"""Who may have which reward option, and why not. It tells; what decides is the transaction that takes it.

Whether the customer has the points is not asked here: only the ledger knows that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Sum

from config.lib.dates import start_of_period
from credits.models.accounts import Account
from credits.models.tiers import Tier
from referrals.models.customers import Customer
from referrals.selectors import of_person
from rewards.models.catalog import Period, RewardOption
from rewards.models.coupons import CouponPool
from rewards.models.takings import Taking

LOWEST = 0


class WhyNot(StrEnum):
    """Why a customer cannot have a reward option."""

    INACTIVE = "inactive"
    NOT_FOR_POINTS = "not_for_points"
    NOT_YET = "not_yet"
    NO_LONGER = "no_longer"
    TIER_TOO_LOW = "tier_too_low"
    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"


@dataclass(frozen=True, slots=True)
class Standing:
    """What options ask of a customer: the rank of their tier, and how many of each they had in its period."""

    rank: int
    ranks: Mapping[str, int]
    taken: Mapping[int, int]
    coupons: Mapping[int, int]


def why_not(*, customer: Customer, option: RewardOption, quantity: int, now: datetime) -> list[WhyNot]:
    """Why a customer cannot redeem points for so many of an option now; nothing if they can.

    Points are not looked at.
    """
    return reasons(option, standing_of(customer=customer, options=[option], now=now), quantity=quantity, now=now)


def standing_of(*, customer: Customer, options: Sequence[RewardOption], now: datetime) -> Standing:
    """What is needed to know which of some options a customer can have: a statement for each kind of thing."""
    account = Account.objects.filter(customer=customer, wallet__is_default=True).select_related("tier").first()
    tiers = Tier.objects.filter(wallet__merchant=customer.merchant_id, wallet__is_default=True)
    rank = account.tier.rank if account is not None and account.tier is not None else LOWEST
    ranks = dict(tiers.values_list("code", "rank")) if any(option.min_tier for option in options) else {}
    return standing_at(rank, ranks, customer=customer, options=options, now=now)


def standing_at(
    rank: int, ranks: Mapping[str, int], *, customer: Customer, options: Sequence[RewardOption], now: datetime
) -> Standing:
    """The same, of a customer whose tier is known.

    :param rank: the tier's.
    :param ranks: of all tiers, by code.
    """
    with_coupons = [option.pk for option in options if option.needs_coupon]
    pools = CouponPool.objects.filter(option__in=with_coupons).values_list("option", "free") if with_coupons else ()
    return Standing(
        rank=rank,
        ranks=ranks,
        taken=taken_in_period(
            customer_id=customer.pk, options=options, zone=ZoneInfo(customer.merchant.time_zone), now=now
        ),
        coupons=dict(pools),
    )


def reasons(option: RewardOption, standing: Standing, *, quantity: int, now: datetime) -> list[WhyNot]:
    """The same, of one of many options."""
    said = {
        WhyNot.INACTIVE: not (option.is_active and option.reward_type.is_active),
        WhyNot.NOT_FOR_POINTS: option.points_required is None,
        WhyNot.NOT_YET: option.starts_at is not None and now < option.starts_at,
        WhyNot.NO_LONGER: option.ends_at is not None and now >= option.ends_at,
        WhyNot.TIER_TOO_LOW: bool(option.min_tier) and not _ranks_high_enough(option, standing),
        WhyNot.SOLD_OUT: (option.stock is not None and option.stock < quantity)
        or (option.needs_coupon and standing.coupons.get(option.pk, 0) < quantity),
        WhyNot.LIMIT_REACHED: option.per_customer_max is not None
        and standing.taken[option.pk] + quantity > option.per_customer_max,
    }
    return [reason for reason, holds in said.items() if holds]


def taken_in_period(
    *, customer_id: int, options: Iterable[RewardOption], zone: ZoneInfo, now: datetime
) -> dict[int, int]:
    """How many of each limited option a customer, or who was merged into them, had in its period; by option."""
    taken = {}
    for period in Period:
        limited = [each.pk for each in options if each.per_customer_max and each.per_customer_period == period]
        if not limited:
            continue
        takings = Taking.objects.filter(
            of_person(customer_id), option__in=limited, is_granted=False, given_back_at__isnull=True
        )
        if period != Period.EVER:
            takings = takings.filter(taken_at__gte=start_of_period(now, period, zone))
        counts = dict(takings.values_list("option").annotate(Sum("quantity")))
        taken.update({id_: counts.get(id_, 0) for id_ in limited})
    return taken


def _ranks_high_enough(option: RewardOption, standing: Standing) -> bool:
    needed = standing.ranks.get(option.min_tier)
    return needed is not None and standing.rank >= needed
