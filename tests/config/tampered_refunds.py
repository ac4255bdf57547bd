"""Refunds and payments falsified: what the proof must find."""

from tests.config.tampering import Tampering

REFUNDS = [
    Tampering(
        "refunds_within_paid",
        "referrals_purchase",
        "UPDATE referrals_refund SET order_id = 'another' WHERE refund_id LIKE 'back-carol-1-%' RETURNING purchase_id",
    ),
    Tampering(
        "payments_settle_what_waited",
        "referrals_payment",
        "INSERT INTO referrals_payment (uuid, merchant_id, purchase_id, status, occurred_at, received_at)"
        " SELECT gen_random_uuid(), merchant_id, id, 'paid', occurred_at, now() FROM referrals_purchase"
        " WHERE order_id = 'alice-1';"
        "INSERT INTO rewards_evaluation (merchant_id, trigger, subject_type, subject_id, customer_id, shard,"
        " occurred_at, depth, state, attempts, due_at, failure, created_at)"
        " SELECT payment.merchant_id, 'payment.settled', 'payment', payment.id, purchase.customer_id, 0,"
        " payment.occurred_at, 0, 'pending', 0, now(), '', now() FROM referrals_payment AS payment"
        " JOIN referrals_purchase AS purchase ON purchase.id = purchase_id WHERE order_id = 'alice-1'"
        " RETURNING subject_id",
    ),
    Tampering(
        "points_wait_for_payment",
        "credits_lot",
        "UPDATE credits_lot SET waiting_for = 'nothing' WHERE remaining > 0 AND waiting_for = 'payment'"
        " RETURNING entry_id",
    ),
    Tampering(
        "refunds_take_back",
        "credits_entry",
        "WITH taken AS (SELECT id, split_part(key, ':', 3)::bigint AS of FROM credits_entry WHERE points < 0 LIMIT 1)"
        " UPDATE credits_entry SET key = 'nothing' FROM taken WHERE taken.id = credits_entry.id RETURNING taken.of",
    ),
    Tampering(
        "reversals_are_decided",
        "rewards_evaluation",
        "UPDATE rewards_evaluation SET decision = jsonb_set(decision, '{taken_back,0,customer}', '0')"
        " WHERE trigger = 'purchase.refunded' AND decision -> 'taken_back' <> '[]' RETURNING id",
    ),
    Tampering(
        "refunds_revoke_grants",
        "rewards_grant",
        'UPDATE rewards_policyversion SET definition = definition || \'{"on_refund": "keep"}\''
        " WHERE policy_id = (SELECT id FROM rewards_policy WHERE code = 'meals');"
        "SELECT id FROM rewards_grant WHERE state = 'revoked'",
    ),
]
