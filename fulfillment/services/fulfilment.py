"""T5: a technician starts, does, declines or gives up a job; staff do what needs no technician.

Only the technician who has a job acts on it, and only while it is theirs: everything happens under the lock on the
redemption.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, NotFound
from fulfillment.models.assignments import Assignment, AssignmentState
from fulfillment.models.notes import Note
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.service_records import ServiceRecord
from fulfillment.models.technicians import Technician
from fulfillment.selectors.prices import needs_repair
from fulfillment.services.dispatch import end_job
from fulfillment.services.ending import complete
from fulfillment.services.moving import check_move, lock_redemption, tell
from fulfillment.services.refusals import NotYourJob, OwnRedemption
from fulfillment.services.repairs import Confirmed, apply_to_repair
from fulfillment.services.service_records import Told, record_service
from fulfillment.services.settlement import book_of
from referrals.models.users import User


class NotSentYet(DomainError):
    """What is sent by post is fulfilled by sending it."""

    code = "not_sent_yet"


class RepairNeeded(DomainError):
    """This reward lowers the price of a job: choose the job, and confirm the price."""

    code = "repair_needed"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does a job: the technician who has it, or a member of staff in their stead."""

    user: User
    technician: Technician | None = None

    @property
    def actor(self) -> str:
        """The same in a word."""
        return f"user:{self.user.pk}"


def start_job(*, job: UUID, technician: Technician, now: datetime) -> Assignment:
    """Say that a job is being done; once more changes nothing.

    :raises NotFound: if the technician does not have this job.
    """
    with transaction.atomic():
        _, mine = _own_job(job, technician)
        if mine.started_at is None:
            mine.started_at = now
            mine.save(update_fields=["started_at"])
    return mine


def give_up_job(
    *, job: UUID, technician: Technician, reason: str, words: str = "", has_begun: bool, now: datetime
) -> None:
    """Decline a job, which then goes to another technician; or say that it could not be done, and staff decide.

    :param reason: why, as a code.
    :param words: what there is to say besides, for staff.
    :raises NotFound: if the technician does not have this job.
    """
    with transaction.atomic():
        redemption, mine = _own_job(job, technician)
        state = AssignmentState.FAILED if has_begun else AssignmentState.DECLINED
        end_job(job=mine, state=state, reason=reason, now=now)
        if not has_begun:
            redemption.dispatch_at = now
            redemption.save(update_fields=["dispatch_at"])
        _note(redemption, words, f"user:{technician.user_id}", now)
        told = {"technician": technician.pk, "job": str(mine.uuid), "reason": reason}
        tell(redemption=redemption, type_=f"redemption.{state.value}", payload=told, now=now)


def complete_job(
    *, job: UUID, technician: Technician, repair: Confirmed | None = None, words: str = "", now: datetime
) -> Redemption:
    """Say that a job is done: the redemption is fulfilled, and its points are spent. Once more changes nothing.

    :param repair: the job of another system to which the reward is applied, and the price that was confirmed.
    :raises NotFound: if the technician does not have this job.
    :raises RepairNeeded: if the reward lowers a price, and it is not said which.
    """
    with transaction.atomic():
        redemption = redemption_of_job(job, technician)
        done = redemption.assignments.filter(uuid=job, technician=technician, state=AssignmentState.DONE)
        if redemption.status == Status.FULFILLED and done.exists():
            return redemption
        doer = Doer(technician.user, technician)
        _fulfil(redemption, doer, repair, words, now)
    return redemption


def fulfil(
    *, redemption_id: int, person: User, repair: Confirmed | None = None, words: str = "", now: datetime
) -> Redemption:
    """Fulfil a redemption as staff: in a technician's stead, or where none is needed. Once more changes nothing.

    :raises OwnRedemption: if it is the person's own.
    :raises NotYourJob: if it needs a technician, and nobody has it.
    :raises RepairNeeded: if the reward lowers a price, and it is not said which.
    :raises NotSentYet: if it has to be sent.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        if redemption.status != Status.FULFILLED:
            _fulfil(redemption, Doer(person), repair, words, now)
    return redemption


def write_note(*, job: UUID, technician: Technician, words: str, now: datetime) -> None:
    """Write something down about a job, for staff.

    :raises NotFound: if the technician does not have this job, and has not done it.
    """
    with transaction.atomic():
        _note(redemption_of_job(job, technician), words, f"user:{technician.user_id}", now)


def enter_repair(*, job: UUID, technician: Technician, told: Told, now: datetime) -> ServiceRecord:
    """Enter a repair for the customer of a job, of which the repair system has not told; nothing is applied by that.

    :raises NotFound: if the technician does not have this job.
    :raises RecordOfAnother: if it is known already.
    """
    with transaction.atomic():
        redemption, _mine = _own_job(job, technician)
        record, _is_new = record_service(customer=redemption.customer, told=told, now=now, by_hand=True)
    return record


def _fulfil(redemption: Redemption, doer: Doer, repair: Confirmed | None, words: str, now: datetime) -> None:
    if redemption.user_id == doer.user.pk:
        raise OwnRedemption
    check_move(redemption, Status.FULFILLED)
    if redemption.shipping_required:
        raise NotSentYet
    if redemption.needs_technician:
        finish_job(redemption=redemption, doer=doer, now=now)
    book = book_of(customer=redemption.customer, now=now, actor=doer.actor)
    if repair is not None:
        apply_to_repair(redemption=redemption, confirmed=repair, actor=doer.actor, now=now)
    elif needs_repair(redemption):
        raise RepairNeeded
    _note(redemption, words, doer.actor, now)
    complete(book=book, redemption=redemption, actor=doer.actor, reason="done", now=now)
    book.write()


def finish_job(*, redemption: Redemption, doer: Doer, now: datetime) -> None:
    """End the job by which a locked redemption is fulfilled: of an active technician, and theirs if they do it.

    :raises NotYourJob: if another technician has it, or nobody has.
    """
    job = redemption.assignments.filter(state=AssignmentState.OPEN, technician__is_active=True).first()
    if job is None or (doer.technician is not None and job.technician_id != doer.technician.pk):
        raise NotYourJob
    end_job(job=job, state=AssignmentState.DONE, reason="", now=now)


def redemption_of_job(job: UUID, technician: Technician) -> Redemption:
    """The redemption of a job that a technician has, or had and has done; locked.

    :raises NotFound: otherwise, as if there were no such job.
    """
    theirs = Assignment.objects.filter(uuid=job, technician=technician, technician__is_active=True)
    found = theirs.filter(state__in=[AssignmentState.OPEN, AssignmentState.DONE]).values_list("redemption").first()
    if found is None:
        raise NotFound(_("There is no such job."))
    return lock_redemption(found[0])


def _own_job(job: UUID, technician: Technician) -> tuple[Redemption, Assignment]:
    redemption = redemption_of_job(job, technician)
    mine = Assignment.objects.filter(uuid=job, state=AssignmentState.OPEN).first()
    if mine is None:
        raise NotFound(_("There is no such job."))
    return redemption, mine


def _note(redemption: Redemption, words: str, actor: str, now: datetime) -> None:
    if words:
        Note.objects.create(redemption=redemption, text=words, actor=actor, written_at=now)
