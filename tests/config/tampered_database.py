"""Guards taken away: what the proof must say of a database that no longer refuses."""

from tests.config.tampering import Tampering

DATABASE = [
    Tampering("referrals_triggers", "referrals_purchase", "DROP TRIGGER ~purchase_never_changes ON referrals_purchase"),
    Tampering(
        "credits_triggers",
        "credits_entry",
        "ALTER TABLE credits_entry DISABLE TRIGGER ~entry_never_changes",
        {"found": "disabled"},
    ),
    Tampering(
        "rewards_triggers",
        "rewards_policyversion",
        "DROP TRIGGER ~published_version_never_changes ON rewards_policyversion",
        {"found": "missing"},
    ),
    Tampering(
        "referrals_constraints",
        "referrals_referralcode",
        "DROP INDEX referral_code_one_live",
        {"missing": "referral_code_one_live"},
    ),
    Tampering(
        "credits_constraints",
        "credits_entry",
        "ALTER TABLE credits_entry DROP CONSTRAINT entry_one_effect_per_cause",
        {"missing": "entry_one_effect_per_cause"},
    ),
    Tampering(
        "rewards_constraints",
        "rewards_grant",
        "ALTER TABLE rewards_grant DROP CONSTRAINT grant_one_per_cause",
        {"missing": "grant_one_per_cause"},
    ),
    Tampering(
        "referrals_same_merchant",
        "referrals_purchase",
        "ALTER TABLE referrals_purchase DROP CONSTRAINT purchase_same_merchant",
        {"missing": "purchase_same_merchant"},
    ),
    Tampering(
        "credits_same_merchant",
        "credits_entry",
        "ALTER TABLE credits_entry DROP CONSTRAINT entry_same_merchant, ADD CONSTRAINT entry_same_merchant"
        " FOREIGN KEY (account_id, merchant_id) REFERENCES credits_account (id, merchant_id) NOT VALID",
        {"missing": "entry_same_merchant"},
    ),
    Tampering(
        "rewards_same_merchant",
        "rewards_grant",
        "ALTER TABLE rewards_grant DROP CONSTRAINT grant_option_same_merchant",
        {"missing": "grant_option_same_merchant"},
    ),
    Tampering(
        "referrals_whole_numbers",
        "referrals_refund",
        "ALTER TABLE referrals_refund ALTER amount TYPE numeric",
        {"column": "amount", "found": "numeric"},
    ),
    Tampering(
        "credits_whole_numbers",
        "credits_lotuse",
        "ALTER TABLE credits_lotuse ALTER points TYPE double precision",
        {"column": "points", "found": "double precision"},
    ),
    Tampering(
        "rewards_whole_numbers",
        "rewards_limituse",
        "ALTER TABLE rewards_limituse ALTER points TYPE real",
        {"column": "points", "found": "real"},
    ),
    Tampering(
        "referrals_moments",
        "referrals_payment",
        "ALTER TABLE referrals_payment ALTER received_at TYPE timestamp",
        {"column": "received_at"},
    ),
    Tampering(
        "credits_moments",
        "credits_tiermove",
        "ALTER TABLE credits_tiermove ALTER recorded_at TYPE timestamp",
        {"column": "recorded_at"},
    ),
    Tampering(
        "rewards_moments",
        "rewards_grant",
        "ALTER TABLE rewards_grant ALTER issued_at TYPE timestamp",
        {"column": "issued_at"},
    ),
    Tampering(
        "fulfillment_triggers",
        "fulfillment_redemption",
        "DROP TRIGGER ~redemption_goes_its_way ON fulfillment_redemption",
        {"found": "missing"},
    ),
    Tampering(
        "fulfillment_constraints",
        "fulfillment_slot",
        "ALTER TABLE fulfillment_slot DROP CONSTRAINT slot_never_overbooked",
        {"missing": "slot_never_overbooked"},
    ),
    Tampering(
        "fulfillment_same_merchant",
        "fulfillment_repairreward",
        "ALTER TABLE fulfillment_repairreward DROP CONSTRAINT repair_reward_record_same_customer",
        {"missing": "repair_reward_record_same_customer"},
    ),
    Tampering(
        "fulfillment_whole_numbers",
        "fulfillment_servicerecord",
        "ALTER TABLE fulfillment_servicerecord ALTER amount TYPE numeric",
        {"column": "amount", "found": "numeric"},
    ),
    Tampering(
        "fulfillment_moments",
        "fulfillment_shipment",
        "ALTER TABLE fulfillment_shipment ALTER sent_at TYPE timestamp",
        {"column": "sent_at"},
    ),
]
