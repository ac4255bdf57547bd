"""What a customer has from their friends."""

from config.lib.prepared import execute_prepared
from referrals.models.customers import Customer


def points_from_friends(*, customer: Customer) -> int:
    """Points that a customer, or who was merged into them, was given as a referrer, net of what was taken back."""
    rows = execute_prepared(
        """
        SELECT coalesce(sum(entry.points), 0)::bigint
        FROM credits_entry AS entry JOIN credits_account AS account ON account.id = entry.account_id
        WHERE entry.reason_args ->> 'as' = 'referrer' AND account.customer_id = ANY (ARRAY(
            SELECT %s::bigint UNION ALL SELECT id FROM referrals_customer WHERE merged_into_id = %s))
        """,
        [customer.pk] * 2,
    )
    return int(rows[0][0])
