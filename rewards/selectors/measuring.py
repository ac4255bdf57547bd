"""What customers did in the variants of an experiment, from purchases: one statement."""

from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import msgspec

from config.lib.prepared import execute_prepared
from rewards.engine.experiments.assignment import PLACES
from rewards.engine.experiments.definition import CONVERSION, PURCHASES, SPEND
from rewards.engine.experiments.statistics import Sample

_HELD_OUT = -1
_VALUES = {SPEND: "spend", PURCHASES: "purchases", CONVERSION: "CASE WHEN purchases > 0 THEN 1 END"}


class Measuring(msgspec.Struct, frozen=True):
    """Who is measured, and when.

    A customer enters at `since`, or when they become known, and is measured if that is not after `until` and the window
    after it has passed. `salt` and `shares` (of 10,000 places) say who is in which variant, `holdout_salt` and
    `held_out` who is in none.
    """

    merchant_id: int
    measure: str
    since: datetime
    until: datetime
    window: timedelta
    salt: str
    shares: tuple[int, ...]
    holdout_salt: str
    held_out: int


class Measured(msgspec.Struct, frozen=True):
    """What was measured of each variant, and of those who are held out."""

    arms: tuple[Sample, ...]
    held_out: Sample


def measure(asked: Measuring, *, now: datetime) -> Measured:
    """Add up what customers did in their windows, by variant; money is net of refunds, and only what is paid counts.

    Customers who were merged into others are left out: nobody can say what either of the two would have done.
    """
    names: dict[str, Any] = {
        **msgspec.structs.asdict(asked),
        "ends": list(accumulate(asked.shares))[:-1],
        "now": now,
    }
    rows = execute_prepared(_STATEMENT[asked.measure], names)
    found = {arm: Sample(customers, int(total), int(squares)) for arm, customers, total, squares in rows}
    return Measured(
        tuple(found.get(number, Sample()) for number in range(len(asked.shares))), found.get(_HELD_OUT, Sample())
    )


def _place(salt: str) -> str:
    """The place of a customer, as `rewards.engine.experiments.assignment.place_of` computes it."""
    digest = f"sha256(convert_to({salt} || ':' || customer.id, 'UTF8'))"
    return f"('x' || encode(substring({digest} FROM 1 FOR 4), 'hex'))::bit(32)::bigint %% {PLACES}"


_STATEMENT = {
    name: f"""
    WITH person AS (
        SELECT id, greatest(created_at, %(since)s) AS entered_at,
            CASE WHEN {_place("%(holdout_salt)s::text")} < %(held_out)s THEN {_HELD_OUT}
                ELSE width_bucket({_place("%(salt)s::text")}, %(ends)s::bigint[]) END AS arm
        FROM referrals_customer AS customer
        WHERE merchant_id = %(merchant_id)s AND merged_into_id IS NULL AND created_at <= %(until)s
            AND greatest(created_at, %(since)s) + %(window)s::interval <= %(now)s
    ), bought AS (
        SELECT person.id, count(*) AS purchases, sum(total - coalesce(refunded, 0)) AS spend
        FROM person
        JOIN referrals_purchase AS purchase ON purchase.customer_id = person.id
            AND purchase.occurred_at >= %(since)s
            AND purchase.received_at >= entered_at AND purchase.received_at < entered_at + %(window)s::interval
        LEFT JOIN referrals_payment AS payment ON payment.purchase_id = purchase.id
        LEFT JOIN LATERAL (
            SELECT sum(amount) AS refunded FROM referrals_refund AS refund WHERE refund.purchase_id = purchase.id
        ) AS back ON true
        WHERE coalesce(payment.status, payment_status) = 'paid' AND (refunded IS NULL OR refunded < total)
        GROUP BY person.id
    ), valued AS (
        SELECT arm, coalesce({value}, 0)::numeric AS value FROM person LEFT JOIN bought USING (id)
    )
    SELECT arm, count(*), sum(value), sum(value * value) FROM valued GROUP BY arm
    """  # noqa: S608 (the expressions are ours)
    for name, value in _VALUES.items()
}
