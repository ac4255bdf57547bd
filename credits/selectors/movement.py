"""What became of a merchant's points month by month, and how many there are: figures for whoever runs the programme."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from config.lib.dates import add_months
from config.lib.prepared import execute_prepared
from referrals.models.merchants import Merchant


class Span(msgspec.Struct, frozen=True):
    """A month of the merchant's zone: `[start, end)`."""

    start: datetime
    end: datetime


class MonthOfPoints(msgspec.Struct, frozen=True):
    """Points that were posted in a month, by the kind of their entries; none is below zero."""

    month: Span
    issued: int
    redeemed: int
    expired: int


class Outstanding(msgspec.Struct, frozen=True):
    """What customers hold in a wallet, and what they owe, as their accounts say; `value` is in minor units."""

    wallet_id: int
    unit_name: str
    points: int
    owed: int
    value: int


def last_months(*, merchant: Merchant, months: int, now: datetime) -> list[Span]:
    """The months of the merchant's zone until this one, the oldest first."""
    zone = ZoneInfo(merchant.time_zone)
    this = now.astimezone(zone).date().replace(day=1)
    begins = [_start(add_months(this, back), zone) for back in range(1 - months, 2)]
    return [Span(start, end) for start, end in pairwise(begins)]


def points_by_month(*, merchant: Merchant, spans: Sequence[Span]) -> list[MonthOfPoints]:
    """What was earned, redeemed and lapsed in each month, by the moment of posting.

    :param spans: months that follow each other.
    """
    rows = execute_prepared(
        """
        SELECT width_bucket(posted_at, %s::timestamptz[]),
            coalesce(sum(points) FILTER (WHERE kind = 'earned'), 0)::bigint,
            coalesce(-sum(points) FILTER (WHERE kind = 'redeemed'), 0)::bigint,
            coalesce(-sum(points) FILTER (WHERE kind = 'expired'), 0)::bigint
        FROM credits_entry WHERE merchant_id = %s AND posted_at >= %s AND posted_at < %s
        GROUP BY 1
        """,
        [[span.start for span in spans], merchant.pk, spans[0].start, spans[-1].end],
    )
    found = {number: figures for number, *figures in rows}
    return [MonthOfPoints(span, *found.get(number, (0, 0, 0))) for number, span in enumerate(spans, 1)]


def outstanding_points(*, merchant: Merchant) -> list[Outstanding]:
    """What all customers of a merchant hold, wallet by wallet."""
    rows = execute_prepared(
        """
        SELECT wallet.id, wallet.unit_name, sum(available + pending + held)::bigint, sum(owed)::bigint,
            round(sum(available + pending + held) * wallet.point_value)::bigint
        FROM credits_wallet AS wallet JOIN credits_account AS account ON account.wallet_id = wallet.id
        WHERE wallet.merchant_id = %s GROUP BY wallet.id ORDER BY wallet.id
        """,
        [merchant.pk],
    )
    return [Outstanding(*row) for row in rows]


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
