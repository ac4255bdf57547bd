"""The queue of work orders: claiming a batch, and setting aside what fails."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection

from config.lib.prepared import execute_prepared
from referrals.models.purchases import PaymentStatus
from rewards.engine.facts import Line
from rewards.models.evaluations import FOLLOW_UPS, SHARDS, Evaluation, EvaluationState, Trigger

ATTEMPTS_MAX = 5
BACKOFF = timedelta(seconds=2)
DECIDED = (Trigger.PURCHASE_COMPLETED, Trigger.REFERRAL_JOINED, Trigger.ACTIVITY_RECORDED, Trigger.SCHEDULE_DUE)
"""The triggers of work orders that policies decide; follow-ups are worked out from what was decided."""


class PurchaseRow(msgspec.Struct, frozen=True):
    """A purchase as a batch reads it."""

    total: int
    lines: tuple[Line, ...]
    referral_code: str
    is_paid: bool


class WorkOrder(msgspec.Struct, frozen=True):
    """A claimed evaluation with the fact that it is about: a purchase, a kind of activity, policies that were due."""

    id: int
    trigger: str
    subject_id: int
    customer_id: int
    occurred_at: datetime
    purchase: PurchaseRow | None
    activity: str = ""
    due: tuple[int, ...] = ()


_FOLLOW_UPS = ", ".join(f"'{trigger}'" for trigger in FOLLOW_UPS)  # Literally, as the index of follow-ups has them.
_read_ids = msgspec.json.Decoder(tuple[int, ...]).decode
_read_lines = msgspec.json.Decoder(tuple[Line, ...]).decode


def shards_with_work(now: datetime) -> list[tuple[int, int, bool]]:
    """Merchants and shards that have due work orders, in random order, so that workers spread over them.

    :returns: merchant, shard, and whether there are follow-ups among the work.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            # Ordered, so that each shard is one look into the index of the queue: for a mere EXISTS the planner may
            # read the whole table.
            f"""
            SELECT merchant.id, shard, EXISTS (
                SELECT FROM rewards_evaluation AS follow_up
                WHERE follow_up.merchant_id = merchant.id AND follow_up.shard = shard.shard
                    AND state = 'pending' AND trigger IN ({_FOLLOW_UPS}) AND due_at <= %s)
            FROM referrals_merchant AS merchant, generate_series(0, %s) AS shard, LATERAL (
                SELECT FROM rewards_evaluation AS evaluation
                WHERE evaluation.merchant_id = merchant.id
                    AND evaluation.shard BETWEEN shard.shard AND shard.shard AND state = 'pending' AND due_at <= %s
                ORDER BY evaluation.shard, evaluation.id LIMIT 1) AS work
            ORDER BY random()
            """,  # noqa: S608 (the triggers are ours)
            [now, SHARDS - 1, now],
        )
        return [(merchant_id, shard, has_follow_ups) for merchant_id, shard, has_follow_ups in cursor.fetchall()]


def lock_shard(*, merchant_id: int, shard: int) -> bool:
    """Take a shard until the transaction ends; False if another worker has it.

    It keeps workers from waiting for each other's accounts. What is right does not depend on it: that is held by
    the locks on the rows.
    """
    ((is_ours,),) = execute_prepared("SELECT pg_try_advisory_xact_lock(%s, %s)", [merchant_id, shard])
    return bool(is_ours)


def claim(
    *, merchant_id: int, shard: int, now: datetime, limit: int, only: Collection[int] | None = None
) -> list[tuple[Any, ...]]:
    """Lock due work orders of a shard that no other worker has; they stay locked until the transaction ends.

    :param only: claim from among these evaluations.
    :returns: a row each, its id first, for `work_order` to read: what cannot be read is claimed like the others,
        and fails on its own.
    """
    return execute_prepared(
        """
        SELECT evaluation.id, trigger, subject_id, evaluation.customer_id, evaluation.occurred_at,
            purchase.total, purchase.lines, purchase.referral_code, purchase.payment_status, activity.kind,
            day.policies
        FROM rewards_evaluation AS evaluation
        LEFT JOIN referrals_purchase AS purchase ON purchase.id = subject_id AND trigger = 'purchase.completed'
        LEFT JOIN referrals_activity AS activity
            ON activity.id = CASE WHEN trigger = 'activity.recorded' THEN subject_id END
        LEFT JOIN rewards_occurrence AS occurrence
            ON occurrence.id = CASE WHEN trigger = 'schedule.due' THEN subject_id END
        LEFT JOIN rewards_policyday AS day ON day.id = occurrence.policy_day_id
        WHERE evaluation.merchant_id = %s AND shard BETWEEN %s AND %s AND state = 'pending' AND due_at <= %s
            AND trigger = ANY(%s) AND (%s::bigint[] IS NULL OR evaluation.id = ANY(%s))
        ORDER BY shard, evaluation.id LIMIT %s FOR UPDATE OF evaluation SKIP LOCKED
        """,
        # Written as a range, so that only the index of the queue gives this order: for an equal shard the
        # planner may take the primary key for it, and then reads all that was ever evaluated.
        [merchant_id, shard, shard, now, list(DECIDED), *[list(only) if only is not None else None] * 2, limit],
    )


def work_order(
    id_: int,
    trigger: str,
    subject_id: int,
    customer_id: int,
    occurred_at: datetime,
    total: int | None,
    lines: str,
    code: str,
    payment: str,
    activity: str | None,
    due: str | None,
) -> WorkOrder:
    """Read a claimed row.

    :raises msgspec.ValidationError: if the lines of its purchase cannot be read.
    """
    purchase = None
    if total is not None:
        purchase = PurchaseRow(
            total=total,
            lines=_read_lines(lines),
            referral_code=code,
            is_paid=payment == PaymentStatus.PAID,
        )
    return WorkOrder(
        id_, trigger, subject_id, customer_id, occurred_at, purchase, activity or "", _read_ids(due) if due else ()
    )


def claim_follow_up(*, merchant_id: int, shard: int, now: datetime) -> Evaluation | None:
    """Lock one due follow-up of a merchant's shard that no other worker has."""
    return (
        Evaluation.objects.select_for_update(skip_locked=True)
        .filter(
            merchant=merchant_id,
            shard=shard,
            state=EvaluationState.PENDING,
            trigger__in=FOLLOW_UPS,
            due_at__lte=now,
        )
        .order_by("id")
        .first()
    )


def set_aside(*, evaluation_id: int, error: BaseException, now: datetime) -> None:
    """Record that an evaluation failed: it is tried again later, and after five attempts waits for staff."""
    evaluation = Evaluation.objects.select_for_update().get(pk=evaluation_id)
    if evaluation.state != EvaluationState.PENDING:
        return
    evaluation.attempts += 1
    evaluation.failure = f"{type(error).__name__}: {error}"[:2000]
    evaluation.due_at = now + BACKOFF * 2**evaluation.attempts
    if evaluation.attempts >= ATTEMPTS_MAX:
        evaluation.state = EvaluationState.FAILED
    evaluation.save(update_fields=["attempts", "failure", "due_at", "state"])


def postpone(*, evaluation_id: int, until: datetime) -> None:
    """Let an evaluation wait for something else, without counting it as a failure."""
    Evaluation.objects.filter(pk=evaluation_id, state=EvaluationState.PENDING).update(due_at=until)


def run_again(*, evaluation_ids: Collection[int], now: datetime) -> int:
    """Give failed evaluations another five attempts.

    :returns: how many there were.
    """
    failed = Evaluation.objects.filter(pk__in=evaluation_ids, state=EvaluationState.FAILED)
    return failed.update(state=EvaluationState.PENDING, attempts=0, due_at=now)


def pending_count() -> int:
    """How many work orders wait, due or not."""
    return Evaluation.objects.filter(state=EvaluationState.PENDING).count()
