"""When technicians work, and when they do not, as they say themselves; whoever gives out jobs goes by it.

Jobs that a technician has already stay theirs: what they cannot do any more they decline.
"""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from config.lib.errors import DomainError
from fulfillment.models.technicians import Technician, TimeOff, WorkingHours


class HoursOverlap(DomainError):
    """You work at some of these hours already."""

    code = "hours_overlap"


class DaysOverlap(DomainError):
    """Some of these days are free already."""

    code = "days_overlap"


def add_hours(*, technician: Technician, weekdays: Collection[int], starts_at: str, ends_at: str) -> None:
    """Work at these hours from now on, on each of the days, all of them or none.

    :param weekdays: 0 is Monday.
    :param starts_at: by the clock of the merchant's zone, such as 09:00.
    :param ends_at: the same; 24:00 is the end of the day.
    :raises HoursOverlap: with those of one of these days.
    """
    with transaction.atomic():
        _lock(technician)
        own = WorkingHours.objects.filter(technician=technician, weekday__in=weekdays)
        if own.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
            raise HoursOverlap
        WorkingHours.objects.bulk_create(
            WorkingHours(technician=technician, weekday=weekday, starts_at=starts_at, ends_at=ends_at)
            for weekday in sorted(set(weekdays))
        )


def remove_hours(*, technician: Technician, hours_id: int) -> None:
    """No longer work at these hours; without any hours a technician always works."""
    WorkingHours.objects.filter(technician=technician, pk=hours_id).delete()


def take_time_off(*, technician: Technician, first_day: date, last_day: date) -> TimeOff:
    """Not work on these days, the last one included.

    :raises DaysOverlap: with days that are free already.
    """
    with transaction.atomic():
        _lock(technician)
        if TimeOff.objects.filter(technician=technician, first_day__lte=last_day, last_day__gte=first_day).exists():
            raise DaysOverlap
        return TimeOff.objects.create(technician=technician, first_day=first_day, last_day=last_day)


def give_up_time_off(*, technician: Technician, time_off_id: int) -> None:
    """Work on these days after all."""
    TimeOff.objects.filter(technician=technician, pk=time_off_id).delete()


def _lock(technician: Technician) -> None:
    Technician.objects.select_for_update(no_key=True).get(pk=technician.pk)
