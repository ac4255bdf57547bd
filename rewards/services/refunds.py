"""T1 for refunds: the fact that something was paid back, settled into lines, and the work order that will undo it.

What was paid back of a purchase is counted under the lock on its row, so refunds never come to more than was paid. A
refund whose purchase is not known yet is parked, and adopted when the purchase has come.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec
from django.db import IntegrityError, connection, transaction

from config.lib.bodies import Identifier
from config.lib.errors import DomainError, NotFound
from referrals.models.merchants import Merchant
from referrals.models.payments import Settlement
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from referrals.selectors import as_uuid, get_purchase
from rewards.engine import returns
from rewards.engine.returns import Asked, CannotReturn, Settled
from rewards.selectors.sales import sale_of, settled_refunds
from rewards.services.work_orders import order_follow_up

ADOPTED_AT_ONCE = 500
OUR_UUID_VERSION = 7


class RefundConflict(DomainError):
    """This refund id is known, with other content. The first delivery stands."""

    code = "refund_conflict"


class RefundRefused(DomainError):
    """This cannot be paid back."""

    codes: ClassVar[dict[str, type["RefundRefused"]]] = {}

    def __init_subclass__(cls) -> None:
        cls.codes[cls.code] = cls


class AlreadyRefunded(RefundRefused):
    """All that was paid for this purchase has been paid back already."""

    code = returns.ALREADY_REFUNDED


class ExceedsPaid(RefundRefused):
    """This is more than is left of what was paid."""

    code = returns.EXCEEDS_PAID


class UnknownLine(RefundRefused):
    """The purchase has no such line, or several, or it is named twice."""

    code = returns.UNKNOWN_LINE


class NothingRefunded(RefundRefused):
    """This pays nothing back."""

    code = returns.NOTHING_REFUNDED


class NeverPaid(RefundRefused):
    """The payment of this purchase was voided, so there is nothing to pay back."""

    code = "purchase_voided"


@dataclass(frozen=True, slots=True)
class AcceptedRefund:
    """A refund on record; `is_new` tells a first delivery from a repetition, `came_early` that it was parked."""

    uuid: UUID
    is_new: bool
    came_early: bool


def accept_refund(
    *, merchant: Merchant, reference: str, refund_id: str, asked: Asked, occurred_at: datetime, now: datetime
) -> AcceptedRefund:
    """Record that something was paid back; the same id again changes nothing.

    :param reference: the merchant's order id, or our id of the purchase.
    :raises NotFound: if there is no such purchase, and none can ever come.
    :raises RefundRefused: if it comes to nothing or to more than is left, or names a line that is not there.
    :raises RefundConflict: if the id belongs to a refund of another purchase, or of something else.
    """
    try:
        with transaction.atomic():
            purchase = _lock_purchase(merchant, reference)
            if known := _known(merchant, purchase, reference, refund_id, asked):
                return known
            refund = Refund(
                merchant=merchant,
                refund_id=refund_id,
                asked=msgspec.to_builtins(asked),
                occurred_at=occurred_at,
                received_at=now,
            )
            if purchase is None:
                refund.order_id = _order_to_come(reference)
                refund.save()
            else:
                settled = _settle(purchase, asked)
                refund.purchase, refund.amount = purchase, settled.amount
                refund.lines = msgspec.to_builtins(settled.parts)
                refund.save()
                order_follow_up(fact=refund, purchase=purchase, now=now)
    except IntegrityError:  # The same refund came twice at the same moment.
        if known := _known(merchant, _lock_purchase(merchant, reference), reference, refund_id, asked):
            return known
        raise
    return AcceptedRefund(refund.uuid, is_new=True, came_early=purchase is None)


def adopt_refunds(*, now: datetime, limit: int = ADOPTED_AT_ONCE) -> int:
    """Settle the refunds whose purchases have come meanwhile, in the order in which the refunds came.

    One that cannot be settled is refused, and keeps the reason.

    :returns: how many there were.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT refund.id, purchase.id
            FROM referrals_refund AS refund
            JOIN referrals_purchase AS purchase
                ON purchase.order_id = refund.order_id AND purchase.merchant_id = refund.merchant_id
            WHERE refund.purchase_id IS NULL AND refund.refusal = ''
            ORDER BY refund.id LIMIT %s
            """,
            [limit],
        )
        found = cursor.fetchall()
    return sum(_adopt(refund_id, purchase_id, now) for refund_id, purchase_id in found)


def _adopt(refund_id: int, purchase_id: int, now: datetime) -> bool:
    with transaction.atomic():
        purchase = _locked(purchase_id)
        parked = Refund.objects.select_for_update().filter(pk=refund_id, purchase=None, refusal="")
        refund = parked.first()
        if refund is None:  # Another worker was quicker.
            return False
        try:
            settled = _settle(purchase, msgspec.convert(refund.asked, Asked))
        except RefundRefused as refused:
            parked.update(refusal=refused.code)
        else:
            parked.update(purchase=purchase, amount=settled.amount, lines=msgspec.to_builtins(settled.parts))
            order_follow_up(fact=refund, purchase=purchase, now=now)
    return True


def _lock_purchase(merchant: Merchant, reference: str) -> Purchase | None:
    try:
        return _locked(get_purchase(merchant=merchant, reference=reference).pk)
    except NotFound:
        return None


def _locked(purchase_id: int) -> Purchase:
    purchases = Purchase.objects.select_related("customer").select_for_update(no_key=True, of=("self",))
    return purchases.get(pk=purchase_id)


def _settle(purchase: Purchase, asked: Asked) -> Settled:
    """Settle a refund against all that were accepted before it; call it with the purchase locked."""
    if purchase.payments.filter(status=Settlement.VOIDED).exists():
        raise NeverPaid
    sale = sale_of(purchase)
    try:
        return sale.settle(asked, sale.returned(settled_refunds(purchase)))
    except CannotReturn as error:
        raise RefundRefused.codes[error.code] from None


def _order_to_come(reference: str) -> str:
    """An order id that may still become known; an id of ours, or what is no id at all, never will."""
    uuid = as_uuid(reference)
    if uuid is not None and uuid.version == OUR_UUID_VERSION:
        raise NotFound("There is no such purchase.")
    try:
        return msgspec.convert(reference, Identifier)
    except msgspec.ValidationError:
        raise NotFound("There is no such purchase.") from None


def _known(
    merchant: Merchant, purchase: Purchase | None, reference: str, refund_id: str, asked: Asked
) -> AcceptedRefund | None:
    refund = Refund.objects.filter(merchant=merchant, refund_id=refund_id).select_related("purchase").first()
    if refund is None:
        return None
    order_id = refund.purchase.order_id if refund.purchase else refund.order_id
    known = (order_id, msgspec.convert(refund.asked, Asked))
    if known != (purchase.order_id if purchase else reference, asked):
        raise RefundConflict
    return AcceptedRefund(refund.uuid, is_new=False, came_early=refund.order_id != "")
