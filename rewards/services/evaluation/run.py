"""Working off the queue: claim a batch, open it, decide it, write it; and what happens when that fails."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from config.lib.problems import database_is_away
from referrals.models.merchants import Merchant
from rewards.services.evaluation import queue
from rewards.services.evaluation.opening import open_batch
from rewards.services.evaluation.queue import WorkOrder
from rewards.services.evaluation.refunds import evaluate_refund

logger = logging.getLogger(__name__)

BATCH_SIZE = 500


def evaluate_due(*, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Evaluate one batch of purchases and one refund of each merchant that has due work.

    :returns: how many work orders were claimed; 0 if nothing is due that no other worker has.
    """
    return sum(
        evaluate_batch(merchant_id=merchant_id, now=now, limit=limit)
        + evaluate_refund(merchant_id=merchant_id, now=now)
        for merchant_id in queue.merchants_with_work(now)
    )


def evaluate_batch(*, merchant_id: int, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Decide and post one batch of a merchant's work orders.

    A work order that cannot be decided does not stop the others: its batch is halved until it stands alone, and
    then it is set aside with its reason.

    :returns: how many were claimed; 0 if nothing is due that no other worker has.
    :raises OperationalError: if the database cannot be reached; everything is as before.
    """
    claimed: list[int] = []
    try:
        with transaction.atomic():
            orders = queue.claim(merchant_id=merchant_id, now=now, limit=limit)
            claimed = [order.id for order in orders]
            if orders:
                _evaluate_orders(merchant_id, orders, now)
    except Exception as error:
        if database_is_away(error) or not claimed:
            raise
        _evaluate_apart(merchant_id, claimed, error, now)
    return len(claimed)


def _evaluate_apart(merchant_id: int, ids: Sequence[int], error: Exception, now: datetime) -> None:
    """Evaluate a failed batch in halves; what fails alone is set aside."""
    if len(ids) == 1:
        logger.exception("Evaluation %s failed and is set aside.", ids[0], exc_info=error)
        with transaction.atomic():
            queue.set_aside(evaluation_id=ids[0], error=error, now=now)
        return
    middle = len(ids) // 2
    for half in (ids[:middle], ids[middle:]):
        try:
            with transaction.atomic():
                orders = queue.claim(merchant_id=merchant_id, now=now, limit=len(half), only=half)
                if orders:
                    _evaluate_orders(merchant_id, orders, now)
        except Exception as failure:
            if database_is_away(failure):
                raise
            _evaluate_apart(merchant_id, half, failure, now)


def _evaluate_orders(merchant_id: int, orders: Sequence[WorkOrder], now: datetime) -> None:
    batch = open_batch(merchant=Merchant.objects.get(pk=merchant_id), orders=orders, now=now)
    for order in sorted(orders, key=lambda order: (order.occurred_at, order.id)):
        batch.decide(order)
    batch.write()
