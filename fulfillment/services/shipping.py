"""Parcels: where to, sent with whom, and delivered. Sending fulfils: from then on nothing can be called back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from fulfillment.models.redemptions import LIVE, Redemption, Status
from fulfillment.models.shipments import Shipment
from fulfillment.services.ending import complete
from fulfillment.services.fulfilment import Doer, finish_job
from fulfillment.services.moving import check_move, lock_redemption, tell
from fulfillment.services.refusals import AddressNeeded, IllegalMove, OwnRedemption
from fulfillment.services.settlement import book_of
from referrals.models.users import User
from referrals.services.erasure import hold_customers


class NothingToSend(DomainError):
    """This is not sent by post."""

    code = "nothing_to_send"


def set_address(*, redemption_id: int, address: str, now: datetime) -> Shipment:
    """Say where to, or where to instead, until it is sent.

    :raises NothingToSend: if it is not sent by post.
    :raises IllegalMove: if it was sent, or will not be.
    """
    with transaction.atomic():
        redemption = _lock_parcel(redemption_id)
        hold_customers(customers=[redemption.customer])
        if redemption.status not in LIVE:
            raise IllegalMove(
                _("It is too late for an address: %(status)s.") % {"status": redemption.get_status_display()}
            )
        shipment, _is_new = Shipment.objects.update_or_create(
            redemption=redemption, defaults={"address": address}, create_defaults={"address": address, "asked_at": now}
        )
    return shipment


def send(*, redemption_id: int, carrier: str, tracking: str, person: User, now: datetime) -> Shipment:
    """Say that a parcel is on its way, which fulfils its redemption, and a technician's job. Once more changes nothing.

    :raises NotYourJob: if it needs a technician, and nobody has it.
    :raises AddressNeeded: if nobody has said where to.
    :raises OwnRedemption: if it is the person's own.
    :raises NothingToSend: if it is not sent by post.
    :raises IllegalMove: if it is not approved.
    """
    with transaction.atomic():
        redemption = _lock_parcel(redemption_id)
        shipment = Shipment.objects.filter(redemption=redemption).first()
        if shipment is not None and shipment.sent_at is not None:
            return shipment
        if redemption.user_id == person.pk:
            raise OwnRedemption
        check_move(redemption, Status.FULFILLED)
        if shipment is None or not shipment.address:
            raise AddressNeeded
        doer = Doer(person)
        if redemption.needs_technician:
            finish_job(redemption=redemption, doer=doer, now=now)
        book = book_of(customer=redemption.customer, now=now, actor=doer.actor)
        shipment.carrier, shipment.tracking, shipment.sent_at = carrier, tracking, now
        shipment.save(update_fields=["carrier", "tracking", "sent_at"])
        complete(book=book, redemption=redemption, actor=doer.actor, reason="sent", now=now)
        book.write()
    return shipment


def deliver(*, redemption_id: int, now: datetime) -> Shipment:
    """Say that a parcel has arrived. Once more changes nothing.

    :raises IllegalMove: if it was not sent.
    """
    with transaction.atomic():
        redemption = _lock_parcel(redemption_id)
        shipment = Shipment.objects.filter(redemption=redemption, sent_at__isnull=False).first()
        if shipment is None:
            raise IllegalMove(_("It was not sent yet."))
        if shipment.delivered_at is None:
            shipment.delivered_at = now
            shipment.save(update_fields=["delivered_at"])
            tell(redemption=redemption, type_="redemption.delivered", payload={}, now=now)
    return shipment


def _lock_parcel(redemption_id: int) -> Redemption:
    redemption = lock_redemption(redemption_id)
    if not redemption.shipping_required:
        raise NothingToSend
    return redemption
