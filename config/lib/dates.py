"""Calendar arithmetic in a merchant's time zone; periods are half-open, `[from, to)`."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
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


def start_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the day in `zone` to which `moment` belongs."""
    return datetime.combine(moment.astimezone(zone).date(), time.min, tzinfo=zone)


def start_of_date(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in `zone`."""
    return datetime.combine(day, time.min, tzinfo=zone)


def start_of_period(moment: datetime, period: str, zone: ZoneInfo) -> datetime:
    """The first instant of the day, week (from Monday), month or year in `zone` to which `moment` belongs.

    :param period: `day`, `week`, `month` or `year`.
    """
    day = moment.astimezone(zone).date()
    first = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }[period]
    return datetime.combine(first, time.min, tzinfo=zone)


def end_of_period(day: date, months: int) -> date:
    """The last day of the period of `months` months (1: month, 3: quarter, 12: year) to which `day` belongs."""
    month = -(-day.month // months) * months
    return date(day.year, month, calendar.monthrange(day.year, month)[1])


def next_day_of_year(day: date, month: int, number: int) -> date:
    """The first such day of a year that is not before `day`; 29 February is the 28th in common years."""
    for year in (day.year, day.year + 1):
        found = date(year, month, min(number, calendar.monthrange(year, month)[1]))
        if found >= day:
            return found
    raise ValueError(f"There is no day {month}-{number} within a year of {day}.")
