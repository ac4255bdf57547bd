"""Work orders for what happens to a purchase after it was recorded."""

from datetime import datetime

from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from rewards.models.evaluations import Evaluation, Trigger, shard_of

TRIGGERS = {"refund": Trigger.PURCHASE_REFUNDED, "payment": Trigger.PAYMENT_SETTLED}


def order_follow_up(*, fact: Refund | Payment, purchase: Purchase, now: datetime) -> None:
    """Queue the evaluation of a refund or a payment; call it in the transaction that records the fact."""
    noun = fact._meta.model_name or ""
    Evaluation.objects.create(
        merchant_id=fact.merchant_id,
        trigger=TRIGGERS[noun],
        subject_type=noun,
        subject_id=fact.pk,
        customer_id=purchase.customer_id,
        shard=shard_of(purchase.customer.root_id or purchase.customer_id),
        occurred_at=fact.occurred_at,
        due_at=now,
        created_at=now,
    )
