"""What is always true of what was spent, given back or held."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-21",
        "what_went_was_paid",
        "What was redeemed, expired, taken away or given to somebody was paid by lots to the last point.",
        """
        SELECT 'credits_entry' AS "table", entry.id, entry.kind, COALESCE(paid.points, 0) AS found,
            -entry.points AS expected
        FROM credits_entry AS entry
        LEFT JOIN (
            SELECT entry_id, sum(points)::bigint AS points FROM credits_lotuse GROUP BY entry_id
        ) AS paid ON paid.entry_id = entry.id
        WHERE entry.points < 0 AND entry.kind <> 'reversed' AND COALESCE(paid.points, 0) <> -entry.points
        """,
    ),
    Invariant(
        "I-22",
        "restored_once",
        "No more is given back of what was spent than was spent.",
        """
        SELECT 'credits_entry' AS "table", spent.id, sum(back.points)::bigint AS found, -spent.points AS at_most
        FROM credits_entry AS back JOIN credits_entry AS spent
            ON spent.id = back.source_id AND spent.account_id = back.account_id
        WHERE back.kind = 'restored'
        GROUP BY spent.id, spent.points HAVING sum(back.points) > -spent.points
        """,
    ),
    Invariant(
        "I-22",
        "held_points_are_in_lots",
        "What a customer's lots hold is what their account says is held.",
        """
        SELECT 'credits_account' AS "table", account.id, account.held AS found, COALESCE(lots.held, 0) AS expected
        FROM credits_account AS account
        LEFT JOIN (
            SELECT account_id, sum(held)::bigint AS held FROM credits_lot WHERE held > 0 GROUP BY account_id
        ) AS lots ON lots.account_id = account.id
        WHERE account.held <> COALESCE(lots.held, 0)
        """,
    ),
    Invariant(
        "I-22",
        "lots_hold_for_open_holds",
        "What is held of a lot is what it gave to holds that are open.",
        """
        SELECT 'credits_lot' AS "table", lot.entry_id AS id, lot.held AS found, COALESCE(promised.points, 0) AS expected
        FROM credits_lot AS lot
        LEFT JOIN (
            SELECT lot_id, sum(held_lot.points)::bigint AS points
            FROM credits_heldlot AS held_lot JOIN credits_hold AS hold ON hold.id = held_lot.hold_id
            WHERE hold.state = 'open' GROUP BY lot_id
        ) AS promised ON promised.lot_id = lot.entry_id
        WHERE lot.held <> COALESCE(promised.points, 0)
        """,
    ),
    Invariant(
        "I-22",
        "holds_have_their_lots",
        "A hold was given lots of its own account, of as many points as it holds.",
        """
        SELECT 'credits_hold' AS "table", hold.id, hold.points AS expected, COALESCE(sum(held_lot.points), 0) AS found
        FROM credits_hold AS hold
        LEFT JOIN credits_heldlot AS held_lot ON held_lot.hold_id = hold.id
        LEFT JOIN credits_lot AS lot ON lot.entry_id = held_lot.lot_id
        GROUP BY hold.id
        HAVING COALESCE(sum(held_lot.points), 0) <> hold.points OR bool_or(lot.account_id <> hold.account_id)
        """,
    ),
)
