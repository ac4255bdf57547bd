"""T3: a customer redeems points for a reward, and may think better of it; what a policy granted is opened here too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.idempotency import KeyReused
from credits.services.book import Book
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.shipments import Shipment
from fulfillment.services.ending import complete, withdraw
from fulfillment.services.moving import CUSTOMER, SYSTEM, begin, lock_redemption, move
from fulfillment.services.refusals import IllegalMove, check_redeemable
from fulfillment.services.settlement import book_of, is_delivered, promise
from referrals.models.customers import Customer
from referrals.services.erasure import hold_customers
from rewards.models.catalog import RewardOption
from rewards.models.grants import Grant

QUANTITY_MAX = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer would like to have.

    :param key: names the request within the merchant; one redemption for each, for ever.
    :param actor: who asks, in a word: `customer`, `key:<prefix>`.
    :param address: where to, if it is sent by post.
    :param region: where it is delivered, in the merchant's words.
    """

    customer: Customer
    option: RewardOption
    quantity: int
    key: str
    actor: str
    address: str = ""
    region: str = ""


def redeem(*, wish: Wish, now: datetime) -> Redemption:
    """Redeem points for a reward: they are held, the reward is put aside, and what needs nobody is fulfilled at once.

    The same request again is the same redemption.

    :raises InsufficientPoints: if the customer cannot spend as many.
    :raises SoldOut: if there are not as many left.
    :raises CustomerLimitReached: if it would be more than one customer can have.
    :raises KeyReused: if the key is known of something else.
    :raises DomainError: if the reward is not for this customer now (services/refusals.py).
    """
    customer, option = wish.customer, wish.option
    with transaction.atomic():
        hold_customers(customers=[customer])
        book = book_of(customer=customer, now=now, actor=wish.actor)
        known = Redemption.objects.filter(merchant=customer.merchant_id, key=wish.key).first()
        if known is not None:
            if (known.customer_id, known.option_id, known.quantity) != (customer.pk, option.pk, wish.quantity):
                raise KeyReused
            return known
        check_redeemable(customer=customer, option=option, quantity=wish.quantity, address=wish.address, now=now)
        redemption = _new(customer, option, wish.quantity, wish.key, now)
        redemption.unit_points = option.points_required or 0
        redemption.points = redemption.unit_points * wish.quantity
        redemption.region = wish.region
        _open(book, redemption, wish.actor, wish.address)
        book.write()
    return redemption


def open_for_grant(*, grant: Grant, now: datetime) -> Redemption:
    """Open the redemption, of zero points, by which a granted reward is delivered; the same again is the same.

    :raises SoldOut: if there are not as many left.
    :raises GrantNotUsable: if the grant is no longer usable.
    """
    customer, key = grant.customer.merged_into or grant.customer, f"grant:{grant.pk}"
    with transaction.atomic():
        hold_customers(customers=[customer])
        book = book_of(customer=customer, now=now, actor=SYSTEM)
        known = Redemption.objects.filter(merchant=grant.merchant_id, key=key).first()
        if known is not None:
            return known
        redemption = _new(customer, grant.option, grant.quantity - grant.used_quantity, key, now)
        redemption.grant = grant
        redemption.unit_points = redemption.points = 0
        _open(book, redemption, SYSTEM, "")
        book.write()
    return redemption


def cancel(*, redemption_id: int, actor: str = CUSTOMER, reason: str = "changed_mind", now: datetime) -> Redemption:
    """Cancel a redemption: the points go back to their lots. Once more changes nothing.

    A customer can do so while it waits for approval; staff, until it is fulfilled.

    :raises IllegalMove: if it has come too far.
    """
    with transaction.atomic():
        redemption = lock_redemption(redemption_id)
        if redemption.status == Status.CANCELLED:
            return redemption
        if actor == CUSTOMER and redemption.status != Status.PENDING:
            raise IllegalMove(_("Only what waits for approval can be cancelled."))
        withdraw(redemption=redemption, to=Status.CANCELLED, actor=actor, reason=reason, now=now)
    return redemption


def go_on(*, book: Book, redemption: Redemption, now: datetime) -> None:
    """What an approved redemption does by itself: it looks for a technician, waits to be delivered, or is fulfilled."""
    if redemption.needs_technician:
        redemption.dispatch_at = now
        redemption.save(update_fields=["dispatch_at"])
    elif not is_delivered(redemption):
        complete(book=book, redemption=redemption, actor=SYSTEM, reason="delivered_at_once", now=now)


def _new(customer: Customer, option: RewardOption, quantity: int, key: str, now: datetime) -> Redemption:
    hours = option.fulfilment_hours
    return Redemption(
        merchant_id=customer.merchant_id,
        customer=customer,
        option=option,
        quantity=quantity,
        key=key,
        needs_technician=option.needs_technician,
        shipping_required=option.shipping_required,
        by_appointment=option.by_appointment,
        due_at=None if hours is None else now + timedelta(hours=hours),
        created_at=now,
    )


def _open(book: Book, redemption: Redemption, actor: str, address: str) -> None:
    promise(book=book, redemption=redemption, option=redemption.option)
    begin(redemption=redemption, actor=actor, now=book.now)
    if address and redemption.shipping_required:
        Shipment.objects.create(redemption=redemption, address=address, asked_at=book.now)
    if not redemption.option.needs_approval:
        move(redemption=redemption, to=Status.APPROVED, actor=SYSTEM, reason="no_approval_needed", now=book.now)
        go_on(book=book, redemption=redemption, now=book.now)
