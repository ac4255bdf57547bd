"""Stock, codes, sessions and settlements falsified."""

from tests.config.tampering import Tampering

_BOUGHT = "(SELECT id FROM rewards_purchasesession WHERE state = 'completed')"
_OPEN = "(SELECT id FROM rewards_purchasesession WHERE state = 'open')"

CHECKOUT = [
    Tampering(
        "stock_is_counted",
        "rewards_rewardoption",
        "UPDATE rewards_rewardoption SET stock_taken = stock_taken - 1 WHERE code = 'coffee' RETURNING id",
    ),
    Tampering(
        "stock_is_counted",
        "rewards_rewardoption",
        "UPDATE rewards_taking SET given_back_at = now() WHERE key = 'gift:1' RETURNING option_id",
    ),
    Tampering("coupons_are_counted", "rewards_couponpool", "UPDATE rewards_couponpool SET free = 9 RETURNING id"),
    Tampering(
        "sessions_hold_their_points",
        "rewards_purchasesession",
        "UPDATE credits_hold SET state = 'released', ended_at = now(), captured_points = 0 WHERE state = 'captured';"
        f"SELECT id FROM rewards_purchasesession WHERE id = {_BOUGHT}",
    ),
    Tampering(
        "sessions_hold_their_points",
        "rewards_purchasesession",
        "UPDATE credits_hold SET state = 'released', ended_at = now() WHERE key LIKE 'session:%' AND state = 'open';"
        f"SELECT id FROM rewards_purchasesession WHERE id = {_OPEN}",
    ),
    Tampering(
        "sessions_reserve_their_grants",
        "rewards_grant",
        "UPDATE rewards_grant SET state = 'issued', reserved_for = '', reserved_quantity = 0, reserved_at = NULL"
        " WHERE state = 'reserved' RETURNING id",
    ),
    Tampering(
        "sessions_reserve_their_grants",
        "rewards_grant",
        "UPDATE rewards_grant SET state = 'reserved', reserved_for = 'session:nobody', reserved_quantity = 1,"
        " reserved_at = now() WHERE id = (SELECT min(id) FROM rewards_grant WHERE state = 'issued') RETURNING id",
    ),
    Tampering(
        "sessions_take_what_they_redeem",
        "rewards_purchasesession",
        f"DELETE FROM rewards_taking WHERE key LIKE 'session:%' AND given_back_at IS NULL"
        f" AND key LIKE '%' || (SELECT uuid FROM rewards_purchasesession WHERE id = {_OPEN}) || '%';"
        f"SELECT id FROM rewards_purchasesession WHERE id = {_OPEN}",
    ),
    Tampering(
        "codes_are_handed_out_for_what_was_bought",
        "rewards_coupon",
        "UPDATE rewards_coupon SET state = 'reserved', handed_out_at = NULL WHERE state = 'handed_out' RETURNING id",
    ),
    Tampering(
        "sessions_become_the_purchase_they_priced",
        "rewards_purchasesession",
        f"UPDATE rewards_purchasesession SET goods = goods - 1 WHERE id = {_BOUGHT} RETURNING id",
    ),
    Tampering(
        "settlements_add_up",
        "rewards_settlement",
        "UPDATE rewards_settlement SET amount = amount + 1 RETURNING id",
    ),
    Tampering(
        "settlements_add_up",
        "rewards_settlement",
        "UPDATE rewards_taking SET settlement_id = NULL WHERE key = 'gift:1'; SELECT id FROM rewards_settlement",
    ),
]
