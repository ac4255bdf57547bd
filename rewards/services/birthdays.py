"""Birthdays become activities: a sweep records each, once a year, whenever it comes round to it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from config.lib.prepared import execute_prepared
from referrals.models.activities import BIRTHDAY, OURSELVES
from referrals.models.merchants import Merchant
from rewards.services.activities import NewActivity, record_activities

DAYS_LATE_MAX = 7
"""A birthday that no sweep came round to is made up for within a week, and then it is over."""

BETWEEN = timedelta(days=300)
"""Whoever changes their birthday about the turn of the year would otherwise have two within days."""


def record_birthdays(*, now: datetime, limit: int = 1_000) -> int:
    """Record the birthdays of today and of the last seven days that are not on record, in each merchant's zone.

    Repeating it records nothing twice: the activity is named by the year and the customer. Each merchant's are
    recorded in a transaction of their own.

    :param limit: the most that are recorded of one merchant.
    :returns: how many were recorded; 0 if there is nothing left to do.
    """
    recorded = 0
    for merchant_id, time_zone in Merchant.objects.order_by("id").values_list("id", "time_zone"):
        zone = ZoneInfo(time_zone)
        activities = [
            NewActivity(
                f"{BIRTHDAY}:{day.year}:{uuid}", customer_id, BIRTHDAY, datetime.combine(day, time.min, tzinfo=zone)
            )
            for customer_id, uuid, day in _due(merchant_id, now.astimezone(zone).date(), limit)
        ]
        recorded += len(record_activities(merchant_id=merchant_id, source=OURSELVES, activities=activities, now=now))
    return recorded


def celebrated(day: date) -> Iterator[tuple[int, int]]:
    """The birthdays, as month and day, that are celebrated on a day: in common years 29 February is on the 28th."""
    yield day.month, day.day
    if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
        yield 2, 29


def _due(merchant_id: int, today: date, limit: int) -> list[tuple[int, UUID, date]]:
    """Customers whose birthday is not on record: our ids of each, and the day."""
    days = [today - timedelta(days=late) for late in range(DAYS_LATE_MAX + 1)]
    due = [(day, month, of_month) for day in days for month, of_month in celebrated(day)]
    rows = execute_prepared(
        """
        SELECT customer.id, customer.uuid, due.day
        FROM unnest(%s::date[], %s::int[], %s::int[]) AS due (day, month, of_month)
        JOIN referrals_customer AS customer ON customer.merchant_id = %s
            AND EXTRACT(MONTH FROM birthday) = due.month AND EXTRACT(DAY FROM birthday) = due.of_month
        WHERE birthday IS NOT NULL AND birthday < due.day AND NOT EXISTS (
            SELECT FROM referrals_activity AS known
            WHERE known.customer_id = customer.id AND kind = 'birthday' AND (occurred_at > due.day - %s::interval
                OR activity_id = 'birthday:' || EXTRACT(YEAR FROM due.day) || ':' || customer.uuid))
        ORDER BY due.day, customer.id LIMIT %s
        """,
        [*map(list, zip(*due, strict=True)), merchant_id, BETWEEN, limit],
    )
    return [(customer_id, uuid, day) for customer_id, uuid, day in rows]
