"""T1 for payments: a purchase that was told before it was paid is paid now, or never will be."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from config.lib.errors import DomainError
from referrals.models.payments import Payment, Settlement
from referrals.models.purchases import PaymentStatus, Purchase
from rewards.services.work_orders import order_follow_up


class PaymentConflict(DomainError):
    """How this purchase was paid is on record already, and otherwise. What was paid is undone by a refund."""

    code = "payment_conflict"


@dataclass(frozen=True, slots=True)
class AcceptedPayment:
    """What is on record of a purchase's payment; `is_new` tells a first delivery from a repetition."""

    status: str
    is_new: bool


def accept_payment(*, purchase_id: int, status: Settlement, occurred_at: datetime, now: datetime) -> AcceptedPayment:
    """Record how the payment of a purchase ended; the same again changes nothing.

    :raises PaymentConflict: if it is on record that it ended otherwise.
    """
    with transaction.atomic():
        locked = Purchase.objects.select_related("customer").select_for_update(no_key=True, of=("self",))
        purchase = locked.get(pk=purchase_id)
        known = purchase.payments.values_list("status", flat=True).first()
        if known is None and purchase.payment_status == PaymentStatus.PAID:
            known = Settlement.PAID
        if known is None:
            payment = Payment.objects.create(
                merchant_id=purchase.merchant_id,
                purchase=purchase,
                status=status,
                occurred_at=occurred_at,
                received_at=now,
            )
            order_follow_up(fact=payment, purchase=purchase, now=now)
        elif known != status:
            raise PaymentConflict
    return AcceptedPayment(status, is_new=known is None)
