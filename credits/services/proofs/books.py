"""What is always true of accounts and entries."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-03",
        "account_sums",
        "The sum of a customer's entries is what is available, pending and held, less what is owed.",
        """
        SELECT 'credits_account' AS "table", COALESCE(account.id, ledger.account_id) AS id,
            available + pending + held - owed AS found, COALESCE(ledger.points, 0) AS expected
        FROM credits_account AS account
        FULL JOIN (
            SELECT account_id, sum(points)::bigint AS points FROM credits_entry GROUP BY account_id
        ) AS ledger ON ledger.account_id = account.id
        WHERE available + pending + held - owed IS DISTINCT FROM COALESCE(ledger.points, 0)
        """,
    ),
    Invariant(
        "I-04",
        "entry_signs",
        "Points that are earned or restored come; points that are redeemed, reversed or expired go.",
        """
        SELECT 'credits_entry' AS "table", id, kind, points AS found
        FROM credits_entry
        WHERE points = 0 OR (kind IN ('earned', 'restored') AND points < 0)
            OR (kind IN ('redeemed', 'reversed', 'expired') AND points > 0)
        """,
    ),
    Invariant(
        "I-08",
        "nothing_below_zero",
        "Nothing of an account is below zero.",
        """
        SELECT 'credits_account' AS "table", id, available, pending, held, owed
        FROM credits_account
        WHERE least(available, pending, held, owed, event_sequence) < 0
        """,
    ),
    Invariant(
        "I-11",
        "entries_have_reasons",
        "Every entry says why it was made, by whom, and what for.",
        """
        SELECT 'credits_entry' AS "table", id, reason, actor, source_type, source_id, key
        FROM credits_entry
        WHERE '' IN (reason, actor, source_type, key) OR source_id <= 0
        """,
    ),
)
