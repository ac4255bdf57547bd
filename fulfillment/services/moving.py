"""The steps of a redemption: each is a status, a row of its history, and an event, under the lock on its row."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fulfillment.models.redemptions import LEGAL_MOVES, LIVE, Redemption, Status
from fulfillment.models.status_moves import StatusMove
from fulfillment.services.refusals import IllegalMove
from referrals.services.events import NewEvent, record_events

SYSTEM = "system"
CUSTOMER = "customer"


def lock_redemption(redemption_id: int) -> Redemption:
    """A redemption as it is, until the transaction ends; it is locked before anything that belongs to it.

    :raises Redemption.DoesNotExist: if there is none.
    """
    rows = Redemption.objects.select_related(
        "option__reward_type", "customer__merchant", "customer__merged_into", "hold"
    )
    return rows.select_for_update(of=("self",)).get(pk=redemption_id)


def begin(*, redemption: Redemption, actor: str, now: datetime) -> None:
    """Write a new redemption, the first row of its history, and the event."""
    redemption.event_sequence = 1
    redemption.save(force_insert=True)
    _record(redemption, "", "asked", actor, now)
    _tell(redemption, "redemption.pending", {"reason": "asked"}, now)


def move(*, redemption: Redemption, to: Status, actor: str, reason: str, now: datetime) -> None:
    """Take a step.

    :param reason: a code.
    :raises IllegalMove: if it cannot be taken from where the redemption is.
    """
    check_move(redemption, to)
    before, redemption.status = redemption.status, to
    redemption.dispatch_at = None
    if to not in LIVE:
        redemption.ended_at = now
    redemption.event_sequence += 1
    redemption.save(update_fields=["status", "dispatch_at", "ended_at", "event_sequence"])
    _record(redemption, before, reason, actor, now)
    _tell(redemption, f"redemption.{to.value}", {"reason": reason}, now)


def check_move(redemption: Redemption, to: Status) -> None:
    """Refuse a step that cannot be taken, before anything is done for it.

    :raises IllegalMove: if so.
    """
    if (redemption.status, to) not in LEGAL_MOVES:
        told = {"status": redemption.get_status_display(), "to": to.label}
        raise IllegalMove(_("This step cannot be taken: %(status)s → %(to)s.") % told)


def tell(*, redemption: Redemption, type_: str, payload: dict[str, Any], now: datetime) -> None:
    """Tell of something that happened to a locked redemption besides a step."""
    redemption.event_sequence += 1
    redemption.save(update_fields=["event_sequence"])
    _tell(redemption, type_, payload, now)


def _record(redemption: Redemption, before: str, reason: str, actor: str, now: datetime) -> None:
    StatusMove.objects.create(
        redemption=redemption,
        from_status=before,
        to_status=redemption.status,
        actor=actor,
        reason=reason,
        moved_at=now,
    )


def _tell(redemption: Redemption, type_: str, payload: dict[str, Any], now: datetime) -> None:
    told = {
        "redemption": str(redemption.uuid),
        "customer": redemption.customer_id,
        "option": redemption.option_id,
        "quantity": redemption.quantity,
        "points": redemption.points,
        **payload,
    }
    event = NewEvent(type_, "redemption", redemption.pk, redemption.event_sequence, told)
    record_events(merchant_id=redemption.merchant_id, events=[event], now=now)
