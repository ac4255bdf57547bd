"""When technicians are at work, by the clock of the merchant's zone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fulfillment.models.technicians import MIDNIGHT, TimeOff, WorkingHours

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


def _times_of(day: date, weekly: list[WorkingHours], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    if not weekly:
        return [(_at(day, "00:00", zone), _at(day, MIDNIGHT, zone))]
    times = [(each.starts_at, each.ends_at) for each in weekly if each.weekday == day.weekday()]
    return [(_at(day, starts, zone), _at(day, ends, zone)) for starts, ends in sorted(times)]


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)
