"""Whether referrals make a programme grow: how many friends a customer brings, who brings most, and who stays."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from config.lib.prepared import execute_prepared
from referrals.models.merchants import Merchant
from referrals.selectors.funnel import STANDING

STAYS_AFTER_DAYS = 30
"""A customer stays who buys something so many days, or more, after they were new."""


class Cohort(msgspec.Struct, frozen=True):
    """The customers who were new in `[start, end)`: those whom a friend brought and the others, and who stayed."""

    start: datetime
    end: datetime
    brought: int
    brought_stayed: int
    others: int
    others_stayed: int


class TopReferrer(msgspec.Struct, frozen=True):
    """A customer who brought friends whose first purchase stands."""

    customer_id: int
    public_id: str
    friends: int


def customers_before(*, merchant: Merchant, moment: datetime) -> int:
    """How many customers there were who could bring somebody."""
    ((count,),) = execute_prepared(
        """
        SELECT count(*) FROM referrals_customer
        WHERE merchant_id = %s AND created_at < %s AND erased_at IS NULL AND merged_into_id IS NULL
        """,
        [merchant.pk, moment],
    )
    return int(count)


def retention(*, merchant: Merchant, spans: Sequence[tuple[datetime, datetime]]) -> list[Cohort]:
    """How many of the customers who were new in each span stayed, those whom a friend brought and the others.

    Rejected referrals brought nobody. Of a span that ended less than STAYS_AFTER_DAYS ago, nobody can tell yet.

    :param spans: from when until when; they follow each other.
    """
    if not spans:
        return []
    rows = execute_prepared(
        """
        SELECT width_bucket(created_at, %s::timestamptz[]),
            count(*) FILTER (WHERE brought), count(*) FILTER (WHERE brought AND stayed),
            count(*) FILTER (WHERE NOT brought), count(*) FILTER (WHERE NOT brought AND stayed)
        FROM (
            SELECT customer.created_at, referral.id IS NOT NULL AS brought, EXISTS (
                    SELECT FROM referrals_purchase AS purchase WHERE purchase.customer_id = customer.id
                    AND purchase.occurred_at >= customer.created_at + %s * interval '1 day'
                ) AS stayed
            FROM referrals_customer AS customer
            LEFT JOIN referrals AS referral ON referral.merchant_id = customer.merchant_id
                AND referral.customer_id = customer.id AND referral.status <> 'rejected'
            WHERE customer.merchant_id = %s AND customer.created_at >= %s AND customer.created_at < %s
        ) AS newcomer
        GROUP BY 1
        """,
        [[start for start, _ in spans], STAYS_AFTER_DAYS, merchant.pk, spans[0][0], spans[-1][1]],
    )
    found = {number: figures for number, *figures in rows}
    return [Cohort(*span, *found.get(number, (0, 0, 0, 0))) for number, span in enumerate(spans, 1)]


def top_referrers(*, merchant: Merchant, limit: int) -> list[TopReferrer]:
    """Who brought most friends whose first purchase stands, ever; who did so first goes first."""
    rows = execute_prepared(
        """
        SELECT customer.id, coalesce(customer.external_id, customer.uuid::text), friends
        FROM (
            SELECT referrer_id, count(*) AS friends, max(qualified_at) AS reached_at FROM referrals
            WHERE merchant_id = %s AND status = ANY(%s) GROUP BY referrer_id
            ORDER BY friends DESC, reached_at, referrer_id LIMIT %s
        ) AS counted JOIN referrals_customer AS customer ON customer.id = referrer_id
        ORDER BY friends DESC, reached_at, customer.id
        """,
        [merchant.pk, list(STANDING), limit],
    )
    return [TopReferrer(*row) for row in rows]
