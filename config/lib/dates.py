"""Calendar arithmetic in a merchant's time zone; periods are half-open, `[from, to)`."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day when it has no such day."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after `day` in `zone`: the exclusive end of that day."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def end_of_year(year: int, zone: ZoneInfo) -> datetime:
    """The first instant after `year` in `zone`: the exclusive end of that year."""
    return datetime(year + 1, 1, 1, tzinfo=zone)


def year_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """Twelve calendar months before `moment`, at the same hour of `zone`; before a 29 February it is a 28th."""
    local = moment.astimezone(zone)
    day = add_months(local.date(), -12)
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)


def expiry_of(earned_at: datetime, months: int, zone: ZoneInfo) -> datetime:
    """When points earned at `earned_at` lapse: the end of the day, `months` calendar months later.

    2024-02-29 plus 24 months is 2026-02-28 (requirement 004: "24 months from earning date").
    """
    return _end_of_later_day(earned_at.astimezone(zone).date(), months, zone)


@lru_cache(maxsize=1024)
def _end_of_later_day(day: date, months: int, zone: ZoneInfo) -> datetime:
    return end_of_day(add_months(day, months), zone)
