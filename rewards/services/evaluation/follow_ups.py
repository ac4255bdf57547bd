"""What happens after a decision: a purchase is paid back in part, paid at last or never; a referral is looked at."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from referrals.models.payments import Payment, Settlement
from referrals.models.refunds import Refund
from referrals.models.risk import RiskDecision
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.services.evaluation import queue
from rewards.services.evaluation.interruptions import is_interruption
from rewards.services.evaluation.payments import confirm_payment
from rewards.services.evaluation.refunds import undo_purchase
from rewards.services.evaluation.reviews import settle_review

logger = logging.getLogger(__name__)

WAIT_FOR_PURCHASE = timedelta(seconds=1)


class PurchaseFailed(Exception):
    """The purchase could not be evaluated, so there is nothing yet that could be undone or released."""


def evaluate_follow_up(*, merchant_id: int, shard: int, now: datetime) -> int:
    """Work out one refund, payment or review of a merchant; a failure is set aside like that of a purchase.

    :returns: how many were claimed, 0 or 1.
    :raises OperationalError: if the database was away or interrupted it; everything is as before.
    """
    claimed: Evaluation | None = None
    try:
        with transaction.atomic():
            claimed = queue.claim_follow_up(merchant_id=merchant_id, shard=shard, now=now)
            if claimed is not None and claimed.trigger == Trigger.REFERRAL_REVIEWED:
                settle_review(RiskDecision.objects.get(pk=claimed.subject_id), evaluation=claimed, now=now)
            elif claimed is not None:
                _evaluate(claimed, now)
    except Exception as error:
        if is_interruption(error) or claimed is None:
            raise
        logger.exception("Evaluation %s failed and is set aside.", claimed.pk)
        with transaction.atomic():
            queue.set_aside(evaluation_id=claimed.pk, error=error, now=now)
    return int(claimed is not None)


def _evaluate(evaluation: Evaluation, now: datetime) -> None:
    """Wait for the purchase's own evaluation; its lock puts all that follows it in order."""
    fact = _fact(evaluation)
    original = Evaluation.objects.select_for_update().get(
        subject_id__in=[fact.purchase_id], trigger=Trigger.PURCHASE_COMPLETED, cause=None
    )
    if original.state == EvaluationState.PENDING:
        queue.postpone(evaluation_id=evaluation.pk, until=now + WAIT_FOR_PURCHASE)
        return
    if original.state == EvaluationState.FAILED:
        raise PurchaseFailed(f"Purchase {fact.purchase_id} is set aside; run it again first.")
    if isinstance(fact, Payment) and fact.status == Settlement.PAID:
        confirm_payment(fact, evaluation=evaluation, original=original, now=now)
    else:
        undo_purchase(fact, evaluation=evaluation, original=original, now=now)


def _fact(evaluation: Evaluation) -> Refund | Payment:
    noun = Payment if evaluation.trigger == Trigger.PAYMENT_SETTLED else Refund
    return noun.objects.select_related("purchase", "merchant").get(pk=evaluation.subject_id)
