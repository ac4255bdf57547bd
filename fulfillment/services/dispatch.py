"""T4: staff approve or reject, and jobs go to technicians: by the rule (selectors/candidates.py), or by hand.

The redemption is locked first, then the merchant's technicians in the order of their ids, so that no two jobs are
given at once on the strength of the same free capacity.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from fulfillment.models.assignments import Assignment, AssignmentState
from fulfillment.models.notes import Note
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.technicians import Technician
from fulfillment.selectors.candidates import choose_technician
from fulfillment.services.ending import withdraw
from fulfillment.services.moving import SYSTEM, check_move, lock_redemption, move, tell
from fulfillment.services.redemptions import go_on
from fulfillment.services.refusals import IllegalMove, OwnRedemption
from fulfillment.services.settlement import book_of
from referrals.models.users import User

LOOK_AGAIN = timedelta(minutes=10)


class TechnicianUnavailable(DomainError):
    """This technician no longer works for the merchant."""

    code = "technician_unavailable"


def approve(*, redemption_id: int, person: User, now: datetime) -> Redemption:
    """Approve a redemption; what needs nobody is fulfilled at once. Once more changes nothing.

    :raises OwnRedemption: if it is the person's own.
    :raises IllegalMove: if it was rejected or cancelled.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        _refuse_own(redemption, person)
        if redemption.status in (Status.APPROVED, Status.FULFILLED):
            return redemption
        check_move(redemption, Status.APPROVED)
        actor = f"user:{person.pk}"
        book = book_of(customer=redemption.customer, now=now, actor=actor)
        move(redemption=redemption, to=Status.APPROVED, actor=actor, reason="approved", now=now)
        go_on(book=book, redemption=redemption, now=now)
        book.write()
    return redemption


def reject(*, redemption_id: int, person: User, reason: str, words: str = "", now: datetime) -> Redemption:
    """Reject a redemption: the points go back to their lots. Once more changes nothing.

    :param reason: why, as a code.
    :param words: what the customer is told besides; may be empty.
    :raises OwnRedemption: if it is the person's own.
    :raises IllegalMove: if it has ended otherwise.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        _refuse_own(redemption, person)
        if redemption.status == Status.REJECTED:
            return redemption
        actor = f"user:{person.pk}"
        withdraw(redemption=redemption, to=Status.REJECTED, actor=actor, reason=reason, now=now)
        if words:
            Note.objects.create(redemption=redemption, text=words, is_for_customer=True, actor=actor, written_at=now)
    return redemption


def dispatch_next(*, now: datetime) -> Assignment | Redemption | None:
    """Give the job that has waited longest to a technician; where there is none, it is looked for again later.

    :returns: the assignment; the redemption, if nobody can have it; None, if nothing waits.
    """
    with transaction.atomic():
        waiting = Redemption.objects.filter(dispatch_at__lte=now).order_by("dispatch_at", "pk")
        redemption = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if redemption is None:
            return None
        _lock_technicians(redemption.merchant_id)
        choice = choose_technician(redemption=redemption, now=now)
        if choice.technician is None:
            redemption.dispatch_at = now + LOOK_AGAIN
            redemption.save(update_fields=["dispatch_at"])
            return redemption
        return _assign(redemption, choice.technician, SYSTEM, choice.explanation, now)


def assign(*, redemption_id: int, technician: Technician, person: User, now: datetime) -> Assignment:
    """Give a job to a technician by hand, in place of whoever has it; the same technician again changes nothing.

    :raises IllegalMove: if the redemption is not approved, or needs no technician.
    :raises OwnRedemption: if it is the technician's own.
    :raises TechnicianUnavailable: if they no longer work for the merchant.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        _lock_technicians(redemption.merchant_id)
        technician.refresh_from_db()
        if redemption.status != Status.APPROVED or not redemption.needs_technician:
            raise IllegalMove(_("Only what is approved and needs a technician is given to one."))
        if technician.merchant_id != redemption.merchant_id or not technician.is_active:
            raise TechnicianUnavailable
        _refuse_own(redemption, technician.user)
        held = Assignment.objects.filter(redemption=redemption, state=AssignmentState.OPEN).first()
        if held is not None and held.technician_id == technician.pk:
            return held
        if held is not None:
            end_job(job=held, state=AssignmentState.WITHDRAWN, reason="reassigned", now=now)
        return _assign(redemption, technician, f"user:{person.pk}", {"by_hand": True}, now)


def end_job(*, job: Assignment, state: AssignmentState, reason: str, now: datetime) -> None:
    """End a job, under the lock on its redemption."""
    job.state, job.reason, job.ended_at = state, reason, now
    job.save(update_fields=["state", "reason", "ended_at"])


def _assign(
    redemption: Redemption, technician: Technician, actor: str, explanation: dict[str, Any], now: datetime
) -> Assignment:
    redemption.dispatch_at = None
    redemption.save(update_fields=["dispatch_at"])
    job = Assignment.objects.create(
        merchant_id=redemption.merchant_id,
        redemption=redemption,
        technician=technician,
        actor=actor,
        explanation=explanation,
        assigned_at=now,
    )
    told = {"technician": technician.pk, "job": str(job.uuid)}
    tell(redemption=redemption, type_="redemption.assigned", payload=told, now=now)
    return job


def _lock_technicians(merchant_id: int) -> None:
    staff = Technician.objects.select_for_update(no_key=True).filter(merchant=merchant_id)
    list(staff.order_by("pk").values_list("pk"))


def _refuse_own(redemption: Redemption, person: User) -> None:
    if redemption.user_id == person.pk:
        raise OwnRedemption
