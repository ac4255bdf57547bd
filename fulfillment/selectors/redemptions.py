"""Redemptions as their customers see them: how far they have come, and what is shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from config.lib.errors import NotFound
from fulfillment.models.appointments import AppointmentState, Slot
from fulfillment.models.assignments import AssignmentState
from fulfillment.models.redemptions import LIVE, Redemption, Status
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.selectors import as_uuid, of_person
from rewards.services.coupons import coupons_of

SLOTS_SHOWN = 50
LEFT = (AssignmentState.DECLINED, AssignmentState.FAILED, AssignmentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way: what it is, and when it was taken; None: it is still to come."""

    name: str
    at: datetime | None


def find_redemption(*, merchant: Merchant, reference: str | UUID) -> Redemption:
    """A redemption by our id.

    :raises NotFound: if the merchant has no such redemption.
    """
    return _find(Redemption.objects.filter(merchant=merchant), str(reference))


def find_own_redemption(*, customer: Customer, reference: str) -> Redemption:
    """A redemption of a customer's, or of those who were merged into them, by our id.

    :raises NotFound: if they have no such redemption.
    """
    return _find(Redemption.objects.filter(of_person(customer.pk)), reference)


def _find(known: QuerySet[Redemption], reference: str) -> Redemption:
    uuid = as_uuid(reference)
    found = with_all(known.filter(uuid=uuid)).first() if uuid else None
    if found is None:
        raise NotFound(_("There is no such redemption."))
    return found


def redemptions_of(*, customer: Customer, before: int | None, limit: int) -> list[Redemption]:
    """A customer's redemptions, newest first; with those of customers who were merged into them.

    :param before: only those with smaller numbers; None: from the newest.
    """
    own = Redemption.objects.filter(of_person(customer.pk))
    own = own if before is None else own.filter(pk__lt=before)
    return list(with_all(own).order_by("-pk")[:limit])


def steps_of(redemption: Redemption) -> list[Step]:
    """The way of a redemption, with the moments of the steps that were taken; what ended otherwise ends there."""
    moves = {move.to_status: move.moved_at for move in redemption.moves.all()}
    steps = [Step("asked", redemption.created_at)]
    for undone in (Status.REJECTED, Status.CANCELLED):
        if undone in moves:
            approved = [Step("approved", moves[Status.APPROVED])] if Status.APPROVED in moves else []
            return [*steps, *approved, Step(undone.value, moves[undone])]
    steps.append(Step("approved", moves.get(Status.APPROVED)))
    if redemption.by_appointment:
        booked = [each for each in redemption.appointments.all() if each.state != AppointmentState.CANCELLED]
        steps.append(Step("booked", booked[-1].booked_at if booked else None))
    if redemption.needs_technician:
        jobs = [each for each in redemption.assignments.all() if each.state not in LEFT]
        steps.append(Step("assigned", jobs[-1].assigned_at if jobs else None))
        steps.append(Step("started", jobs[-1].started_at if jobs else None))
    if redemption.shipping_required:
        shipment = getattr(redemption, "shipment", None)
        steps.append(Step("sent", shipment.sent_at if shipment else None))
        return [*steps, Step("delivered", shipment.delivered_at if shipment else None)]
    return [*steps, Step("fulfilled", moves.get(Status.FULFILLED))]


def codes_of(redemption: Redemption) -> list[str]:
    """The codes that a customer may see: those of a redemption that is fulfilled."""
    if redemption.status != Status.FULFILLED or not redemption.option.needs_coupon:
        return []
    coupons = coupons_of(merchant_id=redemption.merchant_id, key=redemption.purpose)
    return [coupon.code for coupon in coupons]


def parcel_of(redemption: Redemption) -> dict[str, Any] | None:
    """With whom a parcel is, and how far it has come; None: there is none."""
    shipment = getattr(redemption, "shipment", None)
    if shipment is None:
        return None
    return {
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "sent_at": shipment.sent_at,
        "delivered_at": shipment.delivered_at,
    }


def appointment_of(redemption: Redemption) -> dict[str, Any] | None:
    """When a customer is expected, or was; None: nothing is booked."""
    booked = [each for each in redemption.appointments.all() if each.state != AppointmentState.CANCELLED]
    if not booked:
        return None
    slot = booked[-1].slot
    return {"slot": str(slot.uuid), "starts_at": slot.starts_at, "ends_at": slot.ends_at, "state": booked[-1].state}


def open_slots(redemption: Redemption, *, now: datetime) -> list[Slot]:
    """The times that can still be booked for a redemption."""
    if not redemption.by_appointment or redemption.status not in LIVE:
        return []
    free = Slot.objects.filter(
        option=redemption.option_id, starts_at__gt=now, places__gte=F("taken") + redemption.quantity
    )
    return list(free.order_by("starts_at")[:SLOTS_SHOWN])


def repair_of(redemption: Redemption) -> dict[str, Any] | None:
    """The job to which a reward was applied, and its prices in minor units; None: to none."""
    applied = getattr(redemption, "repair_reward", None)
    if applied is None:
        return None
    return {
        "reference": applied.service_record.reference,
        "price_before": applied.price_before,
        "price_after": applied.price_after,
    }


def with_all(redemptions: QuerySet[Redemption]) -> QuerySet[Redemption]:
    """The same with all that is told of them, in a fixed number of statements."""
    one = ("option__reward_type", "customer", "shipment", "repair_reward__service_record")
    return redemptions.select_related(*one).prefetch_related("moves", "assignments", "appointments__slot", "notes")


def words_for_customer(redemption: Redemption) -> Sequence[str]:
    """What somebody wrote for the customer."""
    return [note.text for note in redemption.notes.all() if note.is_for_customer]
