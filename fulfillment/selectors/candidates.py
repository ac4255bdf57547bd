"""Which technician should have a job, and why: the rule, and its explanation.

A technician can have it if they are active, have the skill, serve the region, are not full, have not declined it or
given it up, will be at work within two weeks, and are not its customer. Of those it goes to whoever is at work on the
earlier day; of those to whoever has the least to do for their capacity; then to whoever is at work at the earlier
moment; then to whoever was given a job the longest ago.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet

from fulfillment.models.assignments import AssignmentState
from fulfillment.models.redemptions import Redemption
from fulfillment.models.technicians import Technician
from fulfillment.selectors.availability import next_at_work

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who should have a job, and how that was found: numbers, which a sentence can be made of."""

    technician: Technician | None
    explanation: dict[str, Any]


def eligible_technicians(*, redemption: Redemption) -> QuerySet[Technician]:
    """Who is able to do a job, whether or not they have the time: by skill, region, and not being its customer."""
    option = redemption.option
    skilled = Q(skills=[]) | Q(skills__contains=[option.reward_type.category]) | Q(skills__contains=[option.code])
    near = Q(regions=[]) | Q(regions__contains=[redemption.region]) if redemption.region else Q()
    able = Technician.objects.filter(skilled, near, merchant=redemption.merchant_id, is_active=True)
    return able.exclude(user=redemption.user_id) if redemption.user_id else able


def choose_technician(*, redemption: Redemption, now: datetime) -> Choice:
    """Apply the rule."""
    zone = ZoneInfo(redemption.customer.merchant.time_zone)
    able = eligible_technicians(redemption=redemption).prefetch_related("hours", "time_off")
    left_out: Counter[str] = Counter()
    candidates = []
    refused_by = _refused_by(redemption)
    for technician in _with_load(able):
        at_work_from = next_at_work(
            hours=technician.hours.all(), time_off=technician.time_off.all(), zone=zone, now=now
        )
        if technician.pk in refused_by:
            left_out["refused"] += 1
        elif technician.open_jobs >= technician.capacity:
            left_out["full"] += 1
        elif at_work_from is None:
            left_out["away"] += 1
        else:
            candidates.append((technician, at_work_from))
    unable = Technician.objects.filter(merchant=redemption.merchant_id, is_active=True).count() - len(able)
    told = {"candidates": len(candidates), "left_out": dict(left_out) | ({"unable": unable} if unable else {})}
    if not candidates:
        return Choice(None, told)
    technician, at_work_from = min(candidates, key=lambda each: _order(each[0], each[1], zone))
    return Choice(
        technician,
        told
        | {
            "open_jobs": technician.open_jobs,
            "capacity": technician.capacity,
            "at_work_from": at_work_from.isoformat(),
        },
    )


def _with_load(technicians: QuerySet[Technician]) -> Iterable[Any]:
    is_open = Q(assignments__state=AssignmentState.OPEN)
    return technicians.annotate(
        open_jobs=Count("assignments", filter=is_open), last_given=Max("assignments__assigned_at")
    )


def _refused_by(redemption: Redemption) -> set[int]:
    gave_up = (AssignmentState.DECLINED, AssignmentState.FAILED)
    return set(redemption.assignments.filter(state__in=gave_up).values_list("technician", flat=True))


def _order(technician: Any, at_work_from: datetime, zone: ZoneInfo) -> tuple[Any, ...]:
    return (
        at_work_from.astimezone(zone).date(),
        Fraction(technician.open_jobs, technician.capacity),
        at_work_from,
        technician.last_given or LONG_AGO,
        technician.pk,
    )
