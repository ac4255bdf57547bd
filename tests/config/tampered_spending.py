"""What was spent, given back or held, falsified: what the proof must find."""

from tests.config.tampering import Tampering

HOW_SPENT = [
    Tampering(
        "what_went_was_paid",
        "credits_entry",
        "WITH tea AS (SELECT id, account_id FROM credits_entry WHERE key = 'spend:tea'),"
        " earned AS (SELECT max(entry.id) AS id FROM credits_entry AS entry JOIN tea USING (account_id)"
        " WHERE entry.points >= 20)"
        " UPDATE credits_lotuse SET entry_id = earned.id FROM tea, earned WHERE entry_id = tea.id RETURNING tea.id",
    ),
    Tampering(
        "restored_once",
        "credits_entry",
        "UPDATE credits_entry SET source_id = tea.id FROM (SELECT id FROM credits_entry WHERE key = 'spend:tea') AS tea"
        " WHERE key = 'restore:cake' RETURNING tea.id",
    ),
    Tampering(
        "held_points_are_in_lots",
        "credits_account",
        "UPDATE credits_account SET held = held - 1, available = available + 1 WHERE held > 0 RETURNING id",
    ),
    Tampering(
        "lots_hold_for_open_holds",
        "credits_lot",
        "UPDATE credits_hold SET state = 'released', ended_at = now() WHERE key = 'cart';"
        "SELECT lot_id FROM credits_heldlot JOIN credits_hold AS hold ON hold.id = hold_id WHERE hold.key = 'cart'",
    ),
    Tampering(
        "holds_have_their_lots",
        "credits_hold",
        "UPDATE credits_hold SET points = points + 1 WHERE key = 'cart' RETURNING id",
    ),
]
