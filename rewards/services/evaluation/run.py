"""Working off the queue: claim a batch, open it, decide it, write it; and what happens when that fails."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from referrals.models.merchants import Merchant
from rewards.services.evaluation import queue
from rewards.services.evaluation.campaigns import BudgetTaken
from rewards.services.evaluation.follow_ups import evaluate_follow_up
from rewards.services.evaluation.interruptions import is_interruption
from rewards.services.evaluation.opening import open_batch
from rewards.services.evaluation.queue import WorkOrder

logger = logging.getLogger(__name__)

BATCH_SIZE = 1000


def evaluate_due(*, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Evaluate one batch of purchases and one follow-up of each merchant's shard that has due work.

    :returns: how many work orders were claimed; 0 if nothing is due that no other worker has.
    """
    claimed = 0
    for merchant_id, shard, has_follow_ups in queue.shards_with_work(now):
        claimed += evaluate_batch(merchant_id=merchant_id, shard=shard, now=now, limit=limit)
        if has_follow_ups:
            claimed += evaluate_follow_up(merchant_id=merchant_id, shard=shard, now=now)
    return claimed


def evaluate_batch(*, merchant_id: int, shard: int, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Decide and post one batch of the work orders in a merchant's shard.

    A work order that cannot be decided does not stop the others: its batch is halved until it stands alone, and
    then it is set aside with its reason.

    :returns: how many were claimed; 0 if nothing is due that no other worker has.
    :raises OperationalError: if the database was away or interrupted it; everything is as before.
    """
    claimed, error = _attempt(merchant_id, shard, now, limit)
    if error is not None:
        _evaluate_apart(merchant_id, shard, claimed, error, now)
    return len(claimed)


def _attempt(
    merchant_id: int,
    shard: int,
    now: datetime,
    limit: int,
    only: Sequence[int] | None = None,
    *,
    budgets_locked: bool = False,
) -> tuple[list[int], Exception | None]:
    """Evaluate one batch in one transaction.

    If another batch takes of a campaign's budget what this one has counted on, it is decided again with the budgets
    held, so that what no longer fits is not given.

    :returns: what was claimed, and the error for which nothing of it was posted.
    """
    claimed: list[int] = []
    try:
        with transaction.atomic():
            if not queue.lock_shard(merchant_id=merchant_id, shard=shard):
                return [], None
            rows = queue.claim(merchant_id=merchant_id, shard=shard, now=now, limit=limit, only=only)
            claimed = [row[0] for row in rows]
            if rows:
                _evaluate_orders(
                    merchant_id, [queue.work_order(*row) for row in rows], now, budgets_locked=budgets_locked
                )
    except BudgetTaken:
        return _attempt(merchant_id, shard, now, limit, claimed, budgets_locked=True)
    except Exception as error:
        if is_interruption(error) or not claimed:
            raise
        return claimed, error
    return claimed, None


def _evaluate_apart(merchant_id: int, shard: int, ids: Sequence[int], error: Exception, now: datetime) -> None:
    """Evaluate a failed batch in halves; what fails alone is set aside."""
    if len(ids) == 1:
        logger.error("Evaluation %s failed and is set aside.", ids[0], exc_info=error)
        with transaction.atomic():
            queue.set_aside(evaluation_id=ids[0], error=error, now=now)
        return
    middle = len(ids) // 2
    for half in (ids[:middle], ids[middle:]):
        claimed, failure = _attempt(merchant_id, shard, now, len(half), only=half)
        if failure is not None:
            _evaluate_apart(merchant_id, shard, claimed, failure, now)


def _evaluate_orders(merchant_id: int, orders: Sequence[WorkOrder], now: datetime, *, budgets_locked: bool) -> None:
    merchant = Merchant.objects.get(pk=merchant_id)
    batch = open_batch(merchant=merchant, orders=orders, now=now, budgets_locked=budgets_locked)
    for order in sorted(orders, key=lambda order: (order.occurred_at, order.id)):
        batch.decide(order)
    batch.write()
