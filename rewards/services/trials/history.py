"""All that has happened to a merchant's customers and was evaluated, in the order in which it happened."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from referrals.models.purchases import PaymentStatus
from referrals.models.referrals import ReferralStatus
from referrals.services.steps import OpenReferral
from rewards.engine.facts import Line
from rewards.engine.returns import Part, Settled
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder

_FROM = """
    FROM rewards_evaluation AS evaluation
    LEFT JOIN referrals_purchase AS purchase
        ON purchase.id = CASE WHEN trigger = 'purchase.completed' THEN subject_id END
    LEFT JOIN referrals_activity AS activity
        ON activity.id = CASE WHEN trigger = 'activity.recorded' THEN subject_id END
    LEFT JOIN referrals_refund AS refund
        ON refund.id = CASE WHEN trigger = 'purchase.refunded' THEN subject_id END
    LEFT JOIN referrals_payment AS payment
        ON payment.id = CASE WHEN trigger = 'payment.settled' THEN subject_id END
    WHERE evaluation.merchant_id = %s AND evaluation.cause_id IS NULL AND evaluation.state = 'done'
        AND evaluation.occurred_at < coalesce(%s::timestamptz, 'infinity')
"""
_COLUMNS = """
    SELECT evaluation.id, trigger, subject_id, evaluation.customer_id, evaluation.occurred_at,
        purchase.total, purchase.lines::text, purchase.payment_status, activity.kind,
        coalesce(refund.purchase_id, payment.purchase_id), refund.amount, refund.lines::text, payment.status
"""
ROWS_AT_ONCE = 2000

_read_lines = msgspec.json.Decoder(tuple[Line, ...]).decode
_read_parts = msgspec.json.Decoder(tuple[Part, ...]).decode


class Sequel(msgspec.Struct, frozen=True):
    """What came after a purchase: part of it was paid back, or its payment ended.

    :param settled: what was paid back; None for a payment.
    :param is_paid: whether the payment came, rather than never.
    """

    evaluation_id: int
    purchase_id: int
    occurred_at: datetime
    settled: Settled | None
    is_paid: bool


class Known(msgspec.Struct, frozen=True):
    """What is known of a merchant's whole history before it is gone through.

    :param referrals: by the friend, as if nothing had come of them yet; without those that a person rejected.
    :param registered: the referrals that began with a registration, rather than with a purchase.
    :param followed: the purchases after which something came.
    """

    referrals: dict[int, OpenReferral]
    registered: frozenset[int]
    followed: frozenset[int]


def count_history(*, merchant_id: int, until: datetime | None) -> int:
    """How much there is to go through."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_FROM}", [merchant_id, until])
        ((count,),) = cursor.fetchall()
    return int(count)


def read_known(*, merchant_id: int) -> Known:
    """Read what must be known beforehand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, customer_id, referrer_id, referral_link_id, risk, claimed_at, joined_at FROM referrals"
            " WHERE merchant_id = %s AND joined_at IS NOT NULL AND status <> 'rejected'",
            [merchant_id],
        )
        referrals = {
            friend: OpenReferral(
                id=id_,
                uuid=UUID(int=0),
                referee_id=friend,
                referrer_id=referrer,
                referral_link_id=link,
                status=ReferralStatus.JOINED,
                risk=risk,
                risk_score=0,
                event_sequence=0,
                claimed_at=claimed_at,
                joined_at=joined_at,
                qualified_at=None,
                rewarded_at=None,
                reversed_at=None,
            )
            for id_, friend, referrer, link, risk, claimed_at, joined_at in cursor.fetchall()
        }
        cursor.execute(
            "SELECT subject_id FROM rewards_evaluation"
            " WHERE merchant_id = %s AND trigger = 'referral.joined' AND cause_id IS NULL",
            [merchant_id],
        )
        registered = frozenset(id_ for (id_,) in cursor.fetchall())
        cursor.execute(
            "SELECT purchase_id FROM referrals_refund WHERE merchant_id = %s AND purchase_id IS NOT NULL"
            " UNION SELECT purchase_id FROM referrals_payment WHERE merchant_id = %s",
            [merchant_id, merchant_id],
        )
        return Known(referrals, registered, frozenset(id_ for (id_,) in cursor.fetchall()))


def read_history(*, merchant_id: int, until: datetime | None) -> Iterator[WorkOrder | Sequel]:
    """All that was evaluated, as one statement sees it, in the order in which it happened."""
    with connection.chunked_cursor() as cursor:
        # What happened at one moment was decided in the order in which it became known.
        order = "evaluation.occurred_at, evaluation.id"
        cursor.execute(f"{_COLUMNS} {_FROM} ORDER BY {order}", [merchant_id, until])
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield _fact(*row)


def _fact(
    id_: int,
    trigger: str,
    subject_id: int,
    customer_id: int,
    occurred_at: datetime,
    total: int | None,
    lines: str,
    payment: str,
    activity: str | None,
    purchase_id: int | None,
    amount: int | None,
    parts: str,
    settlement: str | None,
) -> WorkOrder | Sequel:
    if purchase_id is not None:
        settled = None if settlement else Settled(amount or 0, _read_parts(parts))
        return Sequel(id_, purchase_id, occurred_at, settled, settlement == PaymentStatus.PAID)
    bought = None
    if total is not None:
        bought = PurchaseRow(total, _read_lines(lines), "", payment == PaymentStatus.PAID)
    return WorkOrder(id_, trigger, subject_id, customer_id, occurred_at, bought, activity or "")
