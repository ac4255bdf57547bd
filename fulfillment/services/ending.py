"""How a redemption ends: fulfilled, or undone. What belongs to it ends with it."""

from datetime import datetime

from credits.services.book import Book
from fulfillment.models.appointments import Appointment, AppointmentState
from fulfillment.models.assignments import Assignment, AssignmentState
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.services.moving import check_move, move
from fulfillment.services.places import free_places
from fulfillment.services.settlement import book_of, settle, undo


def complete(*, book: Book, redemption: Redemption, actor: str, reason: str, now: datetime) -> None:
    """Fulfil a locked redemption: what was promised is taken, in a book that the caller writes.

    :raises IllegalMove: if it is not approved.
    """
    move(redemption=redemption, to=Status.FULFILLED, actor=actor, reason=reason, now=now)
    _end_appointment(redemption, AppointmentState.KEPT, now)
    settle(book=book, redemption=redemption)


def withdraw(*, redemption: Redemption, to: Status, actor: str, reason: str, now: datetime) -> None:
    """Reject or cancel a locked redemption: all that was promised is given back.

    :raises IllegalMove: if it has ended already.
    """
    check_move(redemption, to)
    jobs = Assignment.objects.filter(redemption=redemption, state=AssignmentState.OPEN)
    jobs.update(state=AssignmentState.WITHDRAWN, reason=to.value, ended_at=now)
    for booked in _end_appointment(redemption, AppointmentState.CANCELLED, now):
        free_places(booked)
    book = book_of(customer=redemption.customer, now=now, actor=actor)
    undo(book=book, redemption=redemption)
    book.write()
    move(redemption=redemption, to=to, actor=actor, reason=reason, now=now)


def _end_appointment(redemption: Redemption, state: AppointmentState, now: datetime) -> list[Appointment]:
    booked = list(Appointment.objects.filter(redemption=redemption, state=AppointmentState.BOOKED))
    for appointment in booked:
        appointment.state, appointment.ended_at = state, now
        appointment.save(update_fields=["state", "ended_at"])
    return booked
