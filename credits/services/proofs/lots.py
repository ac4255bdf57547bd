"""What is always true of lots."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-05",
        "entries_have_lots",
        "Every entry that brings points has its lot, of as many points (what it gave back to other lots is theirs)"
        " and of the same account; no other entry has.",
        """
        SELECT 'credits_lot' AS "table", COALESCE(lot.entry_id, entry.id) AS id, lot.granted AS found,
            entry.points AS expected, lot.account_id AS account, entry.account_id AS account_expected
        FROM credits_lot AS lot
        FULL JOIN (
            SELECT id, account_id, points + CASE WHEN kind = 'restored' THEN (
                SELECT COALESCE(sum(use.points), 0)::bigint FROM credits_lotuse AS use
                WHERE use.entry_id = entry.id AND use.lot_id <> entry.id) ELSE 0 END AS points
            FROM credits_entry AS entry WHERE points > 0
        ) AS entry ON entry.id = lot.entry_id AND entry.points > 0
        WHERE (lot.entry_id IS NULL AND entry.points <> 0)
            OR (lot.entry_id IS NOT NULL
                AND (lot.granted, lot.account_id) IS DISTINCT FROM (entry.points, entry.account_id))
        """,
    ),
    Invariant(
        "I-05",
        "lots_remain",
        "What remains of a lot is what was granted less what it paid, and never less than nothing.",
        """
        SELECT 'credits_lot' AS "table", lot.entry_id AS id, lot.remaining AS found,
            lot.granted - COALESCE(paid.points, 0) AS expected
        FROM credits_lot AS lot
        LEFT JOIN (
            SELECT lot_id, sum(points)::bigint AS points FROM credits_lotuse GROUP BY lot_id
        ) AS paid ON paid.lot_id = lot.entry_id
        WHERE lot.remaining <> lot.granted - COALESCE(paid.points, 0) OR lot.remaining NOT BETWEEN 0 AND lot.granted
        """,
    ),
    Invariant(
        "I-05",
        "lots_make_the_balance",
        "What remains of a customer's lots is what is available, pending and held.",
        """
        SELECT 'credits_account' AS "table", account.id, available + pending + held AS found,
            COALESCE(lots.remaining, 0) AS expected
        FROM credits_account AS account
        LEFT JOIN (
            SELECT account_id, sum(remaining)::bigint AS remaining FROM credits_lot GROUP BY account_id
        ) AS lots ON lots.account_id = account.id
        WHERE available + pending + held <> COALESCE(lots.remaining, 0)
        """,
    ),
    Invariant(
        "I-05",
        "lots_that_wait",
        "Pending is what lots wait with: for a cause, or for a day that has not come when the account was settled.",
        # A lot that was posted for a later day is pending until then, and until the account is settled after it.
        """
        SELECT 'credits_account' AS "table", account.id, account.pending AS found,
            COALESCE(lots.waiting, 0) AS at_least, COALESCE(lots.waiting, 0) + COALESCE(lots.unsettled, 0) AS at_most
        FROM credits_account AS account
        LEFT JOIN (
            SELECT lot.account_id,
                sum(remaining) FILTER (WHERE active_at IS NULL OR active_at > %(now)s)::bigint AS waiting,
                sum(remaining) FILTER (WHERE active_at > entry.posted_at AND active_at <= %(now)s)::bigint AS unsettled
            FROM credits_lot AS lot JOIN credits_entry AS entry ON entry.id = lot.entry_id
            WHERE remaining > 0 AND (active_at IS NULL OR active_at > entry.posted_at)
            GROUP BY lot.account_id
        ) AS lots ON lots.account_id = account.id
        WHERE pending NOT BETWEEN COALESCE(lots.waiting, 0)
            AND COALESCE(lots.waiting, 0) + COALESCE(lots.unsettled, 0)
        """,
    ),
    Invariant(
        "I-05",
        "balances_know_when_they_change",
        "An account knows the first moment at which one of its lots becomes spendable or expires, or a hold ends.",
        """
        SELECT 'credits_account' AS "table", account.id, account.next_change_at AS found, lots.change_at AS expected
        FROM credits_account AS account
        JOIN (
            SELECT account_id, min(least(expires_at, CASE WHEN active_at > %(now)s THEN active_at END)) AS change_at
            FROM credits_lot WHERE remaining > held GROUP BY account_id
            UNION ALL
            SELECT account_id, min(expires_at) FROM credits_hold WHERE state = 'open' GROUP BY account_id
        ) AS lots ON lots.account_id = account.id
        WHERE lots.change_at IS NOT NULL AND (next_change_at IS NULL OR next_change_at > lots.change_at)
        """,
    ),
    Invariant(
        "I-05",
        "lots_pay_their_own",
        "A lot pays only for entries of its own account, and never more than an entry comes to: exactly as much for"
        " what was redeemed, expired, taken away or given to somebody.",
        """
        SELECT 'credits_lotuse' AS "table", min(use.id) AS id, use.entry_id AS entry, sum(use.points)::bigint AS found,
            abs(entry.points) AS at_most
        FROM credits_lotuse AS use
        JOIN credits_entry AS entry ON entry.id = use.entry_id
        JOIN credits_lot AS lot ON lot.entry_id = use.lot_id
        GROUP BY use.entry_id, entry.points, entry.kind, entry.account_id
        HAVING sum(use.points) NOT BETWEEN CASE WHEN entry.kind = 'restored' THEN -entry.points ELSE 0 END
            AND abs(entry.points) OR bool_or(lot.account_id <> entry.account_id)
        """,
    ),
)
