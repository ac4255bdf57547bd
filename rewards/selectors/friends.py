"""What a customer has from their friends."""

from config.lib.prepared import execute_prepared
from referrals.models.customers import Customer


def points_from_friends(*, customer: Customer) -> int:
    """Points that a customer was given as a referrer, less what was taken back of them."""
    rows = execute_prepared(
        """
        SELECT coalesce(sum(entry.points), 0)::bigint
        FROM credits_entry AS entry JOIN credits_account AS account ON account.id = entry.account_id
        WHERE account.customer_id = %s AND entry.reason_args ->> 'as' = 'referrer'
        """,
        [customer.pk],
    )
    return int(rows[0][0])
