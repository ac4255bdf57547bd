"""RFM: how lately, how often and for how much each customer of a merchant buys, and how they compare.

What counts are purchases that are paid and lie within the window, half-open; one that was wholly paid back was none.
Days, number and amount are each scored from 1 to 5 among the merchant's customers who bought: a customer of whom `w`
of `n` are worse and `e` equal (themselves included) gets 1 + ⌊5 × (w + e/2) / n⌋. So the fifths are as even as ties
allow, who is equal gets the same score, and where all are equal, or there is only one, everybody is in the middle.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from referrals.models.merchants import Merchant

WINDOW_DAYS = 365


def recompute_rfm(*, merchant: Merchant, now: datetime, window_days: int = WINDOW_DAYS) -> int:
    """Compute the RFM of a merchant's customers anew; who no longer counts has none any more.

    :param window_days: how far back from `now` purchases count.
    :returns: how many customers have one.
    """
    names: dict[str, Any] = {
        "merchant": merchant.pk,
        "since": now - timedelta(days=window_days),
        "now": now,
        "window_days": window_days,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('rfm', %(merchant)s))", names)
        cursor.execute(_COMPUTE, names)
        computed: int = cursor.rowcount
        cursor.execute(
            "DELETE FROM referrals_customerrfm WHERE merchant_id = %(merchant)s AND computed_at <> %(now)s", names
        )
    return computed


def _score(value: str) -> str:
    """The score of a column of which more is better."""
    return f"""
        1 + 5 * (2 * (rank() OVER (ORDER BY {value}) - 1) + count(*) OVER (PARTITION BY {value}))
            / (2 * count(*) OVER ())
        """


_COMPUTE = f"""
    WITH total AS (
        SELECT customer_id, count(*) AS frequency, sum(total - coalesce(refunded, 0)) AS monetary,
            extract(day FROM %(now)s - max(purchase.occurred_at)) AS recency
        FROM referrals_purchase AS purchase
        LEFT JOIN referrals_payment AS payment ON payment.purchase_id = purchase.id
        LEFT JOIN (
            SELECT purchase_id, sum(amount) AS refunded FROM referrals_refund
            WHERE merchant_id = %(merchant)s AND purchase_id IS NOT NULL GROUP BY purchase_id
        ) AS refund ON refund.purchase_id = purchase.id
        WHERE purchase.merchant_id = %(merchant)s
            AND purchase.occurred_at >= %(since)s AND purchase.occurred_at < %(now)s
            AND coalesce(payment.status, payment_status) = 'paid' AND (refunded IS NULL OR refunded < total)
        GROUP BY customer_id
    ), scored AS (
        SELECT *, {_score("-recency")} AS r, {_score("frequency")} AS f, {_score("monetary")} AS m FROM total
    )
    INSERT INTO referrals_customerrfm (merchant_id, customer_id, recency_days, frequency, monetary,
        recency_score, frequency_score, monetary_score, segment, window_days, computed_at)
    SELECT %(merchant)s, customer_id, recency, frequency, monetary, r, f, m,
        CASE
            WHEN r >= 4 AND f + m >= 8 THEN 'champions'
            WHEN r >= 3 AND f + m >= 6 THEN 'loyal'
            WHEN r >= 4 THEN 'promising'
            WHEN r = 3 THEN 'needs_attention'
            WHEN f + m >= 6 THEN 'at_risk'
            ELSE 'dormant'
        END,
        %(window_days)s, %(now)s
    FROM scored ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET recency_days = excluded.recency_days, frequency = excluded.frequency,
        monetary = excluded.monetary, recency_score = excluded.recency_score,
        frequency_score = excluded.frequency_score, monetary_score = excluded.monetary_score,
        segment = excluded.segment, window_days = excluded.window_days, computed_at = excluded.computed_at
    """  # noqa: S608 (the columns are ours)
