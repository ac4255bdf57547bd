"""Ordering work of the engine: a fact was recorded, and an evaluation waits until it is decided."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from config.lib.bulk import execute_rows
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.referrals import Referral
from referrals.models.refunds import Refund
from referrals.models.risk import RiskDecision
from rewards.models.evaluations import SHARDS, Evaluation, Trigger, shard_of

TRIGGERS = {"refund": Trigger.PURCHASE_REFUNDED, "payment": Trigger.PAYMENT_SETTLED}


class Fact(msgspec.Struct, frozen=True):
    """A fact that is about to be evaluated, by our own ids."""

    subject_id: int
    customer_id: int
    occurred_at: datetime


def order_work(
    *, merchant_id: int, trigger: Trigger, subject_type: str, facts: Collection[Fact], now: datetime
) -> None:
    """Write the work orders of facts, in the transaction that records the facts."""
    execute_rows(
        """
        INSERT INTO rewards_evaluation (merchant_id, trigger, subject_type, subject_id, customer_id, shard,
            occurred_at, depth, state, attempts, due_at, failure, created_at)
        SELECT %s, %s, %s, subject_id, customer_id, mod(coalesce(root_id, id), %s), occurred_at, 0, 'pending', 0,
            %s, '', %s
        FROM json_to_recordset(%s) AS fact (subject_id bigint, customer_id bigint, occurred_at timestamptz)
        JOIN referrals_customer ON id = customer_id
        ORDER BY subject_id
        """,
        list(facts),
        before=[merchant_id, trigger, subject_type, SHARDS, now, now],
    )


def order_reviews(*, decisions: Sequence[RiskDecision], now: datetime) -> None:
    """Queue what decisions about a merchant's referrals mean for points, in the transaction that records them."""
    if not decisions:
        return
    referees = dict(Referral.objects.filter(decisions__in=decisions).values_list("pk", "referee_id"))
    order_work(
        merchant_id=decisions[0].merchant_id,
        trigger=Trigger.REFERRAL_REVIEWED,
        subject_type="risk_decision",
        facts=[Fact(each.pk, referees[each.referral_id], each.decided_at) for each in decisions],
        now=now,
    )


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
