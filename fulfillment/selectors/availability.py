"""When technicians are at work, by the clock of the merchant's zone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from fulfillment.models.technicians import MIDNIGHT, Technician, TimeOff, WorkingHours

HORIZON_DAYS = 14


def next_at_work(
    *, hours: Iterable[WorkingHours], time_off: Iterable[TimeOff], zone: ZoneInfo, now: datetime
) -> datetime | None:
    """The first moment from now on at which somebody works; None: not within two weeks.

    :param hours: none at all mean that they always work, but for their time off.
    """
    weekly, away = list(hours), list(time_off)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(HORIZON_DAYS)):
        if any(each.first_day <= day <= each.last_day for each in away):
            continue
        for begins, ends in _times_of(day, weekly, zone):
            if ends > now:
                return max(begins, now)
    return None


def week_of(technician: Technician) -> list[tuple[int, list[WorkingHours]]]:
    """The hours of a technician by the day of the week, of those days that have any; 0 is Monday."""
    hours = WorkingHours.objects.filter(technician=technician).order_by("weekday", "starts_at")
    return [(weekday, list(times)) for weekday, times in groupby(hours, key=attrgetter("weekday"))]


def coming_time_off(technician: Technician, *, today: date) -> list[TimeOff]:
    """The days from today on that a technician does not work, the next ones first."""
    return list(TimeOff.objects.filter(technician=technician, last_day__gte=today).order_by("first_day", "pk"))


def _times_of(day: date, weekly: list[WorkingHours], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    if not weekly:
        return [(_at(day, "00:00", zone), _at(day, MIDNIGHT, zone))]
    times = [(each.starts_at, each.ends_at) for each in weekly if each.weekday == day.weekday()]
    return [(_at(day, starts, zone), _at(day, ends, zone)) for starts, ends in sorted(times)]


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)
