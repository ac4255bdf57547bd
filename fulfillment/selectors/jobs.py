"""Jobs as the technicians see them who have them: theirs, and nobody else's."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, NotFound
from fulfillment.models.assignments import Assignment, AssignmentState
from fulfillment.models.repair_rewards import LOWERING
from fulfillment.models.service_records import ServiceRecord, ServiceState
from fulfillment.models.technicians import Technician
from fulfillment.selectors.prices import Price, price_with
from referrals.models.merchants import Merchant
from referrals.models.users import User

DONE_SHOWN = 10


def technicians_of(*, user: User, merchant: Merchant | None) -> list[Technician]:
    """As whom a person works: for one merchant, or for all of theirs."""
    active = Technician.objects.filter(user=user, is_active=True).select_related("merchant", "user")
    return list(active.filter(merchant=merchant) if merchant else active)


def open_jobs(*, technicians: Sequence[Technician]) -> list[Assignment]:
    """What they have to do: what was begun first, then what was promised the soonest."""
    jobs = _jobs(technicians).filter(state=AssignmentState.OPEN)
    return list(jobs.order_by(F("started_at").asc(nulls_last=True), F("redemption__due_at").asc(nulls_last=True), "pk"))


def done_jobs(*, technicians: Sequence[Technician]) -> list[Assignment]:
    """What they did last."""
    return list(_jobs(technicians).filter(state=AssignmentState.DONE).order_by("-ended_at")[:DONE_SHOWN])


def find_job(*, technicians: Sequence[Technician], uuid: UUID) -> Assignment:
    """A job that one of them has, or has done.

    :raises NotFound: if it is somebody else's, or was taken away.
    """
    theirs = _jobs(technicians).filter(state__in=[AssignmentState.OPEN, AssignmentState.DONE])
    job = theirs.prefetch_related("redemption__notes").filter(uuid=uuid).first()
    if job is None:
        raise NotFound(_("There is no such job."))
    return job


def repairs_for(*, job: Assignment) -> list[tuple[ServiceRecord, Price]]:
    """The open jobs of the repair system to which a reward could be applied, with the price before and after."""
    redemption = job.redemption
    if redemption.option.reward_type.category not in LOWERING or job.state != AssignmentState.OPEN:
        return []
    found = []
    for record in ServiceRecord.objects.filter(customer=redemption.customer_id, state=ServiceState.OPEN).order_by(
        "-pk"
    ):
        with suppress(DomainError):
            found.append((record, price_with(redemption=redemption, record=record)))
    return found


def _jobs(technicians: Sequence[Technician]) -> QuerySet[Assignment]:
    whose = ("technician__user", "merchant", "redemption__option__reward_type", "redemption__customer")
    return Assignment.objects.filter(technician__in=technicians).select_related(*whose)
