"""Counting what happened to customers, under the locks on their accounts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from config.lib.bulk import execute_rows
from config.lib.prepared import execute_prepared
from rewards.engine.milestones import ACROSS_FRIENDS, PER_FRIEND, PURCHASES, UNITS_PREFIX

Key = tuple[int, str, str]

# A purchase counts once it is evaluated, and until it is undone as a whole.
_NET_PURCHASES = """
    FROM referrals_purchase AS purchase
    JOIN rewards_evaluation AS evaluation ON evaluation.subject_id = purchase.id
        AND evaluation.trigger = 'purchase.completed' AND evaluation.cause_id IS NULL AND evaluation.state = 'done'
"""
_NOT_UNDONE = """
    NOT EXISTS (
        SELECT FROM referrals_refund AS refund
        JOIN rewards_evaluation AS undone ON undone.subject_id = refund.id AND undone.trigger = 'purchase.refunded'
            AND undone.cause_id IS NULL AND undone.decision @> '{"whole": true}'
        WHERE refund.purchase_id = purchase.id)
    AND NOT EXISTS (
        SELECT FROM referrals_payment AS payment
        JOIN rewards_evaluation AS undone ON undone.subject_id = payment.id AND undone.trigger = 'payment.settled'
            AND undone.cause_id IS NULL AND undone.decision @> '{"whole": true}'
        WHERE payment.purchase_id = purchase.id)
"""
# What a purchase that counts has of a category, less what was given back of it.
_UNITS = """
    sum(line.quantity - coalesce((
        SELECT sum(part.quantity)
        FROM referrals_refund AS refund
        JOIN rewards_evaluation AS undone ON undone.subject_id = refund.id AND undone.trigger = 'purchase.refunded'
            AND undone.cause_id IS NULL AND undone.state = 'done'
        CROSS JOIN LATERAL jsonb_to_recordset(refund.lines) AS part (line bigint, quantity bigint)
        WHERE refund.purchase_id = purchase.id AND part.line = line.number - 1), 0))::bigint
"""
_COUNTED_FOR = {
    PER_FRIEND: ("purchase.customer_id", ""),
    ACROSS_FRIENDS: (
        "referral.referrer_id",
        # What a friend bought while the referral was none is the friend's alone.
        """
        JOIN referrals AS referral ON referral.customer_id = purchase.customer_id
            AND NOT evaluation.decision @> '{"inputs": {"void": true}}'
        """,
    ),
}


@dataclass(slots=True)
class Counters:
    """The counters of a batch: (amount, peak) by customer, scope and measure.

    `from_history` are those that were not there yet: what happened before the batch is counted in them already.
    """

    values: dict[Key, tuple[int, int]]
    from_history: set[Key] = field(default_factory=set)
    moved: set[Key] = field(default_factory=set)
    measures: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for customer_id, scope, measure in self.values:
            self.measures.setdefault((customer_id, scope), []).append(measure)

    def of(self, customer_id: int, scope: str) -> list[str]:
        """What is counted of a customer: for the policies in force, and for any that ever were."""
        return self.measures.get((customer_id, scope), [])

    def amount(self, customer_id: int, scope: str, measure: str) -> int:
        """How often it has happened, net of refunds."""
        if (customer_id, scope, measure) in self.values:
            return self.values[customer_id, scope, measure][0]
        return count_history(scope, measure, [customer_id]).get(customer_id, 0)

    def advance(self, customer_id: int, scope: str, measure: str, by: int) -> tuple[int, int]:
        """Count `by` more (or less); a peak never falls.

        :returns: the peak before and after.
        """
        key = (customer_id, scope, measure)
        amount, peak = self.values[key]
        amount = max(0, amount + by)
        self.values[key] = (amount, max(peak, amount))
        self.moved.add(key)
        return peak, max(peak, amount)

    def write(self) -> None:
        """Write the counters that moved."""
        execute_rows(
            """
            INSERT INTO rewards_counter (customer_id, scope, measure, amount, peak)
            SELECT customer_id, scope, measure, amount, peak
            FROM json_to_recordset(%s)
                AS counter (customer_id bigint, scope text, measure text, amount bigint, peak bigint)
            ON CONFLICT (customer_id, scope, measure) DO UPDATE SET amount = EXCLUDED.amount, peak = EXCLUDED.peak
            """,
            [
                {
                    "customer_id": key[0],
                    "scope": key[1],
                    "measure": key[2],
                    "amount": self.values[key][0],
                    "peak": self.values[key][1],
                }
                for key in self.moved
            ],
        )


def load_counters(
    keys: Iterable[Key], *, also_of: Collection[int] = (), without_history: Collection[int] = ()
) -> Counters:
    """Read all counters of customers; one of `keys` that is not there yet is counted from history.

    Call it with the accounts of these customers locked.

    :param also_of: customers whose counters are read even if none of `keys` is theirs.
    :param without_history: customers for whom nothing has been evaluated yet.
    """
    wanted = set(keys)
    rows = execute_prepared(
        "SELECT customer_id, scope, measure, amount, peak FROM rewards_counter WHERE customer_id = ANY(%s)",
        [list({customer_id for customer_id, _, _ in wanted} | set(also_of))],
    )
    found = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
    from_history = {key for key in wanted - found.keys() if key[0] not in without_history}
    missing: dict[tuple[str, str], list[int]] = {}
    for customer_id, scope, measure in wanted - found.keys():
        missing.setdefault((scope, measure), []).append(customer_id)
    for (scope, measure), customer_ids in missing.items():
        counted = count_history(scope, measure, set(customer_ids).difference(without_history))
        for customer_id in customer_ids:
            amount = counted.get(customer_id, 0)
            found[customer_id, scope, measure] = (amount, amount)
    return Counters(found, from_history)


def count_history(scope: str, measure: str, customer_ids: Collection[int]) -> dict[int, int]:
    """Count a measure from the evaluated purchases, net of refunds.

    :param scope: whose: each customer's own, or those of the friends each has referred.
    :returns: the counts that are not zero, by customer.
    """
    if not customer_ids:
        return {}
    owner, join = _COUNTED_FOR[scope]
    amount, lines, params = "count(*)", "", []
    if measure != PURCHASES:
        amount = _UNITS
        lines = """
            JOIN LATERAL ROWS FROM (jsonb_to_recordset(lines) AS (category text, quantity bigint))
                WITH ORDINALITY AS line (category, quantity, number) ON line.category = %s
        """
        params = [measure.removeprefix(UNITS_PREFIX)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {owner}, {amount} {_NET_PURCHASES} {join} {lines}
            WHERE {owner} = ANY(%s) AND {_NOT_UNDONE} GROUP BY 1
            """,
            [*params, list(customer_ids)],
        )
        return dict(cursor.fetchall())
