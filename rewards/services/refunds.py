"""T1 for refunds: the fact that a purchase was paid back, and the work order that will undo it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from config.lib.errors import DomainError, Invalid
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from rewards.models.evaluations import Evaluation, Trigger, shard_of


class AlreadyRefunded(DomainError):
    """This purchase has been refunded already, under another id."""

    code = "already_refunded"


class RefundConflict(DomainError):
    """This refund id is known, for another purchase."""

    code = "refund_conflict"


@dataclass(frozen=True, slots=True)
class AcceptedRefund:
    """A refund on record; `is_new` tells a first delivery from a repetition."""

    uuid: UUID
    is_new: bool


def accept_refund(
    *,
    merchant: Merchant,
    purchase: Purchase,
    refund_id: str,
    amount: int | None,
    occurred_at: datetime,
    now: datetime,
) -> AcceptedRefund:
    """Record that a whole purchase was paid back; the same id again changes nothing.

    :param amount: minor units; if it is told, it must be what was paid.
    :raises Invalid: if it is not the whole purchase.
    :raises AlreadyRefunded: if another refund has paid it back.
    :raises RefundConflict: if the id belongs to the refund of another purchase.
    """
    if amount is not None and amount != purchase.total:
        raise Invalid(
            "Only a whole purchase can be refunded.",
            errors=[{"pointer": "/amount", "code": "not_whole", "detail": f"Must be {purchase.total}."}],
        )
    try:
        with transaction.atomic():
            refund = Refund.objects.create(
                merchant=merchant,
                purchase=purchase,
                refund_id=refund_id,
                amount=purchase.total,
                occurred_at=occurred_at,
                received_at=now,
            )
            Evaluation.objects.create(
                merchant=merchant,
                trigger=Trigger.PURCHASE_REFUNDED,
                subject_type="refund",
                subject_id=refund.pk,
                customer_id=purchase.customer_id,
                shard=shard_of(purchase.customer.root_id or purchase.customer_id),
                occurred_at=occurred_at,
                due_at=now,
                created_at=now,
            )
    except IntegrityError:
        return AcceptedRefund(_known(merchant, purchase, refund_id), is_new=False)
    return AcceptedRefund(refund.uuid, is_new=True)


def _known(merchant: Merchant, purchase: Purchase, refund_id: str) -> UUID:
    refund = Refund.objects.filter(merchant=merchant, refund_id=refund_id).first()
    if refund is None:
        raise AlreadyRefunded
    if refund.purchase_id != purchase.pk:
        raise RefundConflict
    return refund.uuid
