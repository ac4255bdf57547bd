"""Appointments: a place in a slot is booked, moved, given up, missed or kept; and its customer is reminded."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, NotFound
from fulfillment.models.appointments import Appointment, AppointmentState, Slot
from fulfillment.models.redemptions import LIVE, Redemption
from fulfillment.services.moving import lock_redemption, tell
from fulfillment.services.places import free_places, lock_slots, take_places
from fulfillment.services.refusals import IllegalMove

REMIND_BEFORE = timedelta(hours=24)


class SlotOver(DomainError):
    """That time has begun, or is over."""

    code = "slot_over"


class NotByAppointment(DomainError):
    """This reward needs no appointment."""

    code = "not_by_appointment"


def book_slot(*, redemption_id: int, slot: UUID, now: datetime) -> Appointment:
    """Book a place for a redemption, in place of the one that it has; the same slot again changes nothing.

    :raises NotFound: if its reward has no such slot.
    :raises SlotFull: if there are not as many places.
    :raises SlotOver: if it has begun.
    :raises NotByAppointment: if none is needed.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        if not redemption.by_appointment:
            raise NotByAppointment
        if redemption.status not in LIVE:
            raise IllegalMove(
                _("It is too late for an appointment: %(status)s.") % {"status": redemption.get_status_display()}
            )
        chosen = Slot.objects.filter(uuid=slot, option=redemption.option_id).first()
        if chosen is None:
            raise NotFound(_("There is no such slot."))
        if chosen.starts_at <= now:
            raise SlotOver
        booked = _booked(redemption)
        if booked is not None and booked.slot_id == chosen.pk:
            return booked
        if booked is not None:
            lock_slots(booked.slot_id, chosen.pk)
            _end(booked, AppointmentState.CANCELLED, now)
        take_places(chosen, redemption.quantity)
        appointment = Appointment.objects.create(
            merchant_id=redemption.merchant_id,
            redemption=redemption,
            slot=chosen,
            places=redemption.quantity,
            booked_at=now,
        )
        if booked is not None:
            free_places(booked)
        _tell(redemption, "appointment.booked", chosen, now)
    return appointment


def miss_appointment(*, redemption_id: int, now: datetime) -> Appointment:
    """Say that nobody came. The customer may book once more; staff reject what should not be had any more.

    :raises NotFound: if nothing is booked.
    :raises IllegalMove: if it has not begun.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        booked = _booked(redemption)
        if booked is None:
            raise NotFound(_("Nothing is booked."))
        if booked.slot.starts_at > now:
            raise IllegalMove(_("It has not begun yet."))
        _end(booked, AppointmentState.MISSED, now)
        _tell(redemption, "appointment.missed", booked.slot, now)
    return booked


def remind_next(*, now: datetime) -> bool:
    """Tell of the next appointment that is near (`appointment.due`); each once.

    :returns: whether there was one.
    """
    near = Appointment.objects.filter(
        state=AppointmentState.BOOKED, reminded_at__isnull=True, slot__starts_at__lte=now + REMIND_BEFORE
    )
    with transaction.atomic():
        live = Redemption.objects.filter(pk__in=near.values("redemption")).order_by("pk")
        redemption = live.select_for_update(skip_locked=True).first()
        booked = None if redemption is None else near.filter(redemption=redemption).select_related("slot").first()
        if redemption is None or booked is None:
            return False
        booked.reminded_at = now
        booked.save(update_fields=["reminded_at"])
        _tell(redemption, "appointment.due", booked.slot, now)
    return True


def _booked(redemption: Redemption) -> Appointment | None:
    booked = Appointment.objects.filter(redemption=redemption, state=AppointmentState.BOOKED)
    return booked.select_related("slot").first()


def _end(appointment: Appointment, state: AppointmentState, now: datetime) -> None:
    appointment.state, appointment.ended_at = state, now
    appointment.save(update_fields=["state", "ended_at"])


def _tell(redemption: Redemption, type_: str, slot: Slot, now: datetime) -> None:
    told = {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()}
    tell(redemption=redemption, type_=type_, payload=told, now=now)
