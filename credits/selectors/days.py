"""What customers did towards a tier on each day: dated claims, net of refunds."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from config.lib.prepared import execute_prepared
from credits.selectors.terms import WalletTerms


class Span(msgspec.Struct, frozen=True):
    """A half-open span of time; None where it has no bound. `number` is the asker's name for it."""

    number: int
    starts: datetime | None
    ends: datetime | None


class Day(NamedTuple):
    """What a customer did on a day of a span: minor units spent, and purchases."""

    number: int
    customer_id: int
    day: date
    spend: int
    orders: int


def claims_by_day(*, terms: WalletTerms, customer_ids: Collection[int], spans: Sequence[Span]) -> list[Day]:
    """What these customers did within spans, by day in the merchant's zone, those days on which something was.

    A refund counts on the day of its purchase.
    """
    rows = execute_prepared(
        """
        SELECT span.number, account.customer_id, (claim.occurred_at AT TIME ZONE %s)::date,
            sum(claim.spend)::bigint, sum(claim.orders)::bigint
        FROM credits_account AS account
        CROSS JOIN json_to_recordset(%s) AS span (number bigint, starts timestamptz, ends timestamptz)
        JOIN credits_qualifyingamount AS claim ON claim.account_id = account.id
            AND claim.occurred_at >= COALESCE(span.starts, '-infinity')
            AND claim.occurred_at < COALESCE(span.ends, 'infinity')
        WHERE account.customer_id = ANY(%s) AND account.wallet_id = %s
        GROUP BY 1, 2, 3
        """,
        [str(terms.zone), msgspec.json.encode(spans).decode(), list(customer_ids), terms.wallet_id],
    )
    return [Day(*row) for row in rows]
