"""Newcomers who are known already, as another customer: one person with several names is one person.

Nobody who asks is told that an address or a phone is known: what is found here is for the referral alone, and the
answer is the same whatever it was.
"""

from collections.abc import Collection
from datetime import datetime

import msgspec

from config.lib.prepared import execute_prepared
from referrals.models.risk import Signal, TraceKind


class Twin(msgspec.Struct, frozen=True):
    """Another customer with a mailbox, a phone or a means of payment of the newcomer's; `mark` says which."""

    newcomer_id: int
    customer_id: int
    mark: str
    first_purchase_at: datetime | None
    claimed_at: datetime | None


def find_twins(*, merchant_id: int, newcomers: Collection[int]) -> dict[int, list[Twin]]:
    """The merchant's other customers who seem to be the same people as these, by newcomer."""
    if not newcomers:
        return {}
    rows = execute_prepared(
        f"""
        WITH mark AS (
            SELECT id AS newcomer_id, '{Signal.SAME_MAILBOX}' AS kind, mailbox_hash AS hash
            FROM referrals_customer WHERE id = ANY(%(newcomers)s) AND mailbox_hash IS NOT NULL
            UNION ALL
            SELECT id, '{Signal.SAME_PHONE}', phone_hash
            FROM referrals_customer WHERE id = ANY(%(newcomers)s) AND phone_hash IS NOT NULL
            UNION ALL
            SELECT customer_id, '{Signal.SAME_PAYMENT}', trace_hash
            FROM referrals_customertrace WHERE customer_id = ANY(%(newcomers)s) AND kind = '{TraceKind.PAYMENT}'
        ), twin AS (
            SELECT newcomer_id, kind, other.id FROM mark
            JOIN referrals_customer AS other ON other.merchant_id = %(merchant)s AND other.mailbox_hash = mark.hash
            WHERE kind = '{Signal.SAME_MAILBOX}'
            UNION
            SELECT newcomer_id, kind, other.id FROM mark
            JOIN referrals_customer AS other ON other.merchant_id = %(merchant)s AND other.phone_hash = mark.hash
            WHERE kind = '{Signal.SAME_PHONE}'
            UNION
            SELECT newcomer_id, mark.kind, other.customer_id FROM mark
            JOIN referrals_customertrace AS other ON other.merchant_id = %(merchant)s
                AND other.trace_hash = mark.hash AND other.kind = '{TraceKind.PAYMENT}'
            WHERE mark.kind = '{Signal.SAME_PAYMENT}'
        )
        SELECT newcomer_id, twin.id, kind,
            (SELECT min(occurred_at) FROM referrals_purchase WHERE customer_id = twin.id), referral.claimed_at
        FROM twin LEFT JOIN referrals AS referral
            ON referral.merchant_id = %(merchant)s AND referral.customer_id = twin.id
        WHERE newcomer_id <> twin.id
        ORDER BY newcomer_id, twin.id, kind
        """,  # noqa: S608 (its parts are ours)
        {"merchant": merchant_id, "newcomers": list(newcomers)},
    )
    found: dict[int, list[Twin]] = {}
    for row in rows:
        twin = Twin(*row)
        found.setdefault(twin.newcomer_id, []).append(twin)
    return found
