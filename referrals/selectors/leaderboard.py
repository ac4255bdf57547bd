"""Who brought most friends, among those who chose to be seen."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from config.lib.dates import end_of_day
from config.lib.prepared import execute_prepared
from referrals.models.merchants import Merchant
from referrals.selectors.funnel import STANDING

PERIODS = ("week", "month", "year", "ever")
ROWS_MAX = 100


class Place(msgspec.Struct, frozen=True):
    """A place on the leaderboard. Equal numbers share a place, and the places after them are left out (1, 1, 3)."""

    rank: int
    alias: str
    friends: int
    customer_id: int


def read_leaderboard(
    *, merchant: Merchant, period: str, now: datetime, customer_id: int | None = None, limit: int = ROWS_MAX
) -> list[Place]:
    """Who brought most friends whose first purchase stands, by the day of that purchase.

    Among equals stands first who came so far first. Whoever brought none has no place.

    :param period: one of PERIODS: the week from Monday, the month, the year of the merchant's zone to which `now`
        belongs, or everything.
    :param customer_id: this customer's place is among the answers too, however far down.
    """
    rows = execute_prepared(
        """
        WITH counted AS (
            SELECT alias.customer_id, alias.alias, count(*) AS friends, max(referral.qualified_at) AS reached_at
            FROM referrals_leaderboardalias AS alias
            JOIN referrals AS referral ON referral.referrer_id = alias.customer_id
            WHERE alias.merchant_id = %s AND referral.status = ANY(%s) AND referral.qualified_at >= %s
                AND referral.qualified_at < %s
            GROUP BY alias.customer_id, alias.alias
        ), placed AS (
            SELECT rank() OVER (ORDER BY friends DESC) AS rank, alias, friends, customer_id,
                row_number() OVER (ORDER BY friends DESC, reached_at, customer_id) AS line
            FROM counted
        )
        SELECT rank, alias, friends, customer_id FROM placed WHERE line <= %s OR customer_id = %s ORDER BY line
        """,
        [merchant.pk, list(STANDING), *_span(period, now, ZoneInfo(merchant.time_zone)), limit, customer_id],
    )
    return [Place(*row) for row in rows]


def _span(period: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when, and until when (exclusive)."""
    today = now.astimezone(zone).date()
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
        "ever": date(1990, 1, 1),
    }[period]
    return end_of_day(first - timedelta(days=1), zone), end_of_day(today, zone)
