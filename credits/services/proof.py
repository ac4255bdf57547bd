"""What is always true of the ledger."""

from config.lib.guards import guards
from config.lib.proof import Figures, Invariant
from credits.models.accounts import Account
from credits.models.entries import Entry
from credits.models.lots import Lot, LotUse
from credits.models.qualifying import QualifyingAmount
from credits.services.proofs.tiers import TIERS

_BOOKS = (
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
        "Points that are earned come, and points that are reversed go.",
        """
        SELECT 'credits_entry' AS "table", id, kind, points AS found
        FROM credits_entry
        WHERE (kind = 'earned' AND points <= 0) OR (kind = 'reversed' AND points >= 0)
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

_LOTS = (
    Invariant(
        "I-05",
        "entries_have_lots",
        "Every entry that brings points has its lot, of as many points and of the same account; no other entry has.",
        """
        SELECT 'credits_lot' AS "table", COALESCE(lot.entry_id, entry.id) AS id, lot.granted AS found,
            entry.points AS expected, lot.account_id AS account, entry.account_id AS account_expected
        FROM credits_lot AS lot
        FULL JOIN (SELECT id, points, account_id FROM credits_entry WHERE points > 0) AS entry
            ON entry.id = lot.entry_id
        WHERE (lot.granted, lot.account_id) IS DISTINCT FROM (entry.points, entry.account_id)
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
        "An account knows the first moment at which one of its lots becomes spendable or expires.",
        """
        SELECT 'credits_account' AS "table", account.id, account.next_change_at AS found, lots.change_at AS expected
        FROM credits_account AS account
        JOIN (
            SELECT account_id, min(least(expires_at, CASE WHEN active_at > %(now)s THEN active_at END)) AS change_at
            FROM credits_lot WHERE remaining > 0 GROUP BY account_id
        ) AS lots ON lots.account_id = account.id
        WHERE lots.change_at IS NOT NULL AND (next_change_at IS NULL OR next_change_at > lots.change_at)
        """,
    ),
    Invariant(
        "I-05",
        "lots_pay_their_own",
        "A lot pays only for entries of its own account, and never more than an entry comes to.",
        """
        SELECT 'credits_lotuse' AS "table", min(use.id) AS id, use.entry_id AS entry, sum(use.points)::bigint AS found,
            abs(entry.points) AS at_most
        FROM credits_lotuse AS use
        JOIN credits_entry AS entry ON entry.id = use.entry_id
        JOIN credits_lot AS lot ON lot.entry_id = use.lot_id
        GROUP BY use.entry_id, entry.points, entry.account_id
        HAVING sum(use.points) NOT BETWEEN 0 AND abs(entry.points) OR bool_or(lot.account_id <> entry.account_id)
        """,
    ),
)

_EVENTS = (
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
            WHERE subject_type = 'account' AND type IN ('points.earned', 'points.reversed', 'tier.changed')
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

INVARIANTS = (
    *guards("credits", ledger=[Account, Entry, Lot, LotUse, QualifyingAmount]),
    *_BOOKS,
    *_LOTS,
    *TIERS,
    *_EVENTS,
)

FIGURES = (
    Figures(
        """
        SELECT count(*) AS entries,
            COALESCE(sum(points) FILTER (WHERE kind = 'earned'), 0)::bigint AS issued,
            COALESCE(-sum(points) FILTER (WHERE kind = 'reversed'), 0)::bigint AS reversed
        FROM credits_entry
        """
    ),
    Figures(
        """
        SELECT count(*) AS accounts, COALESCE(sum(available), 0)::bigint AS available,
            COALESCE(sum(pending), 0)::bigint AS pending, COALESCE(sum(held), 0)::bigint AS held,
            COALESCE(sum(owed), 0)::bigint AS owed,
            COALESCE(sum(available + pending + held - owed), 0)::bigint AS outstanding
        FROM credits_account
        """
    ),
)
