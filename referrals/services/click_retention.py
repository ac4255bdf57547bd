"""Forgetting clicks: after the merchant's days a click is no row about a visitor any more, only a number of its day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min

from config.lib.dates import end_of_day
from referrals.models.links import Click
from referrals.models.merchants import Merchant


def forget_clicks(*, merchant: Merchant, now: datetime) -> int:
    """Count the clicks of each day that is old enough, and delete them: a statement, and so a transaction, a day.

    :returns: how many were deleted.
    """
    zone = ZoneInfo(merchant.time_zone)
    first_kept = now.astimezone(zone).date() - timedelta(days=merchant.clicks_kept_days)
    old = Click.objects.filter(merchant=merchant, clicked_at__lt=_start_of(first_kept, zone))
    oldest = old.aggregate(at=Min("clicked_at"))["at"]
    if oldest is None:
        return 0
    first = oldest.astimezone(zone).date()
    days = (first + timedelta(days=n) for n in range((first_kept - first).days))
    return sum(_forget_day(merchant, day, zone) for day in days)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return end_of_day(day - timedelta(days=1), zone)


def _forget_day(merchant: Merchant, day: date, zone: ZoneInfo) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
                DELETE FROM referrals_click WHERE merchant_id = %s AND clicked_at >= %s AND clicked_at < %s
                RETURNING merchant_id, link_id, device, visitor_hash
            ), kept AS (
                INSERT INTO referrals_clickday (merchant_id, link_id, day, device, clicks, visitors)
                SELECT merchant_id, link_id, %s, device, count(*), count(DISTINCT visitor_hash)
                FROM gone GROUP BY merchant_id, link_id, device ORDER BY link_id, device
                ON CONFLICT (link_id, day, device) DO UPDATE SET
                    clicks = referrals_clickday.clicks + excluded.clicks,
                    visitors = referrals_clickday.visitors + excluded.visitors
            )
            SELECT count(*) FROM gone
            """,
            [merchant.pk, _start_of(day, zone), end_of_day(day, zone), day],
        )
        (forgotten,) = cursor.fetchone()
    return int(forgotten)
