"""What is always told."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-17",
        "account_events",
        "A customer's events are numbered without gaps, as far as the account says.",
        """
        SELECT 'credits_account' AS "table", COALESCE(account.id, told.subject_id) AS id,
            account.event_sequence AS found, COALESCE(told.last, 0) AS expected, COALESCE(told.events, 0) AS events
        FROM credits_account AS account
        FULL JOIN (
            SELECT subject_id, max(sequence) AS last, count(*) AS events
            FROM referrals_event WHERE subject_type = 'account' GROUP BY subject_id
        ) AS told ON told.subject_id = account.id
        WHERE (account.event_sequence, account.event_sequence)
            IS DISTINCT FROM (COALESCE(told.last, 0), COALESCE(told.events, 0))
        """,
    ),
    Invariant(
        "I-17",
        "movements_are_told",
        "For every entry, and for every move to a tier, there is an event.",
        """
        SELECT 'credits_account' AS "table", COALESCE(moved.account_id, told.subject_id) AS id,
            COALESCE(moved.type, told.type) AS type, COALESCE(told.events, 0) AS found,
            COALESCE(moved.rows, 0) AS expected
        FROM (
            SELECT account_id, 'points.' || kind AS type, count(*) AS rows FROM credits_entry GROUP BY account_id, kind
            UNION ALL
            SELECT account_id, 'tier.changed', count(*) FROM credits_tiermove GROUP BY account_id
        ) AS moved
        FULL JOIN (
            SELECT subject_id, type, count(*) AS events FROM referrals_event
            WHERE subject_type = 'account' AND type IN ('points.earned', 'points.restored', 'points.redeemed',
                'points.reversed', 'points.expired', 'points.adjusted', 'points.transferred', 'tier.changed')
            GROUP BY subject_id, type
        ) AS told ON told.subject_id = moved.account_id AND told.type = moved.type
        WHERE moved.rows IS DISTINCT FROM told.events
        """,
    ),
    Invariant(
        "I-06",
        "account_events_stay_in_their_merchant",
        "An event about a customer's points belongs to the merchant of the account.",
        """
        SELECT 'referrals_event' AS "table", event.id, event.merchant_id AS found, account.merchant_id AS expected
        FROM referrals_event AS event JOIN credits_account AS account ON account.id = event.subject_id
        WHERE event.subject_type = 'account' AND event.merchant_id <> account.merchant_id
        """,
    ),
)
