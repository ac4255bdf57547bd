"""Rows falsified: for each floor, what the proof must find."""

from tests.config.tampering import Tampering

WHO = [
    Tampering(
        "conflicts_recorded",
        "referrals_inboundevent",
        "UPDATE referrals_inboundevent SET conflict_count = 0 WHERE refused RETURNING id",
    ),
    Tampering(
        "events_have_purchases",
        "referrals_purchase",
        "DELETE FROM referrals_inboundevent WHERE order_id = 'alice-1';"
        "SELECT id FROM referrals_purchase WHERE order_id = 'alice-1'",
    ),
    Tampering(
        "events_have_purchases",
        "referrals_inboundevent",
        "INSERT INTO referrals_inboundevent (merchant_id, source, event_id, order_id, content_hash, received_at,"
        " refused, conflict_count) SELECT id, 'api', 'ghost', 'ghost', '', now(), false, 0 FROM referrals_merchant"
        " RETURNING id",
    ),
    Tampering(
        "referral_events",
        "referrals",
        "DELETE FROM referrals_event WHERE type = 'referral.rewarded' RETURNING subject_id",
    ),
    Tampering(
        "referral_events_stay_in_their_merchant",
        "referrals_event",
        "UPDATE referrals_event SET merchant_id = 0 WHERE type = 'referral.reversed' RETURNING id",
    ),
    Tampering(
        "referrals_join_two",
        "referrals",
        "UPDATE referrals_referralcode SET customer_id = @carol WHERE customer_id = @alice;"
        "SELECT id FROM referrals WHERE referrer_id = @alice",
    ),
    Tampering(
        "referral_dates",
        "referrals",
        "UPDATE referrals SET rewarded_at = NULL WHERE status = 'rewarded' RETURNING id",
    ),
]

HOW_MUCH = [
    Tampering(
        "account_sums",
        "credits_account",
        "UPDATE credits_account SET owed = owed + 1 WHERE customer_id = @dave RETURNING id",
    ),
    Tampering(
        "lifetime_points",
        "credits_account",
        "UPDATE credits_account SET lifetime_points = lifetime_points + 1 WHERE customer_id = @bob RETURNING id",
    ),
    Tampering(
        "entries_have_reasons",
        "credits_entry",
        "UPDATE credits_entry SET actor = '' WHERE evaluation_id = #alice-1 RETURNING id",
    ),
    Tampering(
        "entries_have_lots",
        "credits_lot",
        "DELETE FROM credits_lot WHERE entry_id = (SELECT min(entry_id) FROM credits_lot WHERE remaining = 0)"
        " RETURNING entry_id",
    ),
    Tampering(
        "lots_remain",
        "credits_lot",
        "DELETE FROM credits_lotuse WHERE id = (SELECT min(id) FROM credits_lotuse) RETURNING lot_id",
    ),
    Tampering(
        "lots_that_wait",
        "credits_account",
        "UPDATE credits_account SET available = available + 1, pending = pending - 1 WHERE pending > 0 RETURNING id",
    ),
    Tampering(
        "balances_know_when_they_change",
        "credits_account",
        "UPDATE credits_account SET next_change_at = next_change_at + interval '1 s' WHERE customer_id = @bob"
        " RETURNING id",
    ),
    Tampering(
        "lots_pay_their_own",
        "credits_lotuse",
        "UPDATE credits_lotuse SET entry_id = (SELECT min(id) FROM credits_entry WHERE evaluation_id = #carol-2)"
        " WHERE id = (SELECT min(id) FROM credits_lotuse) RETURNING id",
    ),
    Tampering(
        "qualifying_sums",
        "credits_account",
        "UPDATE credits_qualifyingamount SET spend = spend + 1 WHERE evaluation_id = #alice-1 RETURNING account_id",
    ),
    Tampering(
        "claims_are_history",
        "credits_account",
        "UPDATE credits_qualifyingamount SET orders = 2 WHERE evaluation_id = #alice-1;"
        "UPDATE credits_account SET qualifying_orders = 2 WHERE customer_id = @alice RETURNING id",
    ),
    Tampering(
        "tier_moves_chain",
        "credits_tiermove",
        "UPDATE credits_tiermove SET from_tier_id = NULL WHERE id = (SELECT max(id) FROM credits_tiermove)"
        " RETURNING id",
    ),
    Tampering(
        "tier_is_where_the_last_move_led",
        "credits_account",
        "UPDATE credits_account SET tier_id = NULL WHERE customer_id = @bob RETURNING id",
    ),
    Tampering(
        "tier_is_where_the_last_move_led",
        "credits_account",
        "UPDATE credits_account SET tier_id = (SELECT id FROM credits_tier WHERE code = 'silver')"
        " WHERE customer_id = @carol RETURNING id",
    ),
    Tampering(
        "tiers_are_what_was_reached",
        "credits_account",
        "UPDATE credits_tier SET min_spend = 100 WHERE code = 'silver';"
        "SELECT id FROM credits_account WHERE customer_id IN (@alice, @carol, @erin, @gina, @hans)",
    ),
    Tampering(
        "tiers_are_reviewed",
        "credits_account",
        "UPDATE credits_wallet SET tier_window = 'rolling_year';"
        "SELECT id FROM credits_account WHERE customer_id = @bob",
    ),
    Tampering(
        "falls_were_announced",
        "credits_account",
        "UPDATE credits_tiermove SET reason = 'reviewed' RETURNING account_id",
    ),
    Tampering(
        "account_events",
        "credits_account",
        "UPDATE credits_account SET event_sequence = event_sequence + 1 WHERE customer_id = @bob RETURNING id",
    ),
    Tampering(
        "movements_are_told",
        "credits_account",
        "UPDATE referrals_event SET type = 'points.lost' WHERE id = (SELECT min(id) FROM referrals_event"
        " WHERE type = 'points.earned') RETURNING subject_id",
    ),
    Tampering(
        "account_events_stay_in_their_merchant",
        "referrals_event",
        "UPDATE referrals_event SET merchant_id = 0 WHERE type = 'points.reversed' RETURNING id",
    ),
]

WHY = [
    Tampering(
        "work_is_found",
        "rewards_evaluation",
        "INSERT INTO rewards_evaluation (merchant_id, trigger, subject_type, subject_id, customer_id, occurred_at,"
        " depth, state, attempts, due_at, failure, created_at)"
        " SELECT merchant_id, 'birthday', 'customer', id, id, now(), 0, 'pending', 0, now(), '', now()"
        " FROM referrals_customer WHERE external_id = 'bob' RETURNING id",
    ),
    Tampering(
        "referrals_are_evaluated",
        "referrals",
        "DELETE FROM rewards_evaluation WHERE trigger = 'referral.joined' RETURNING subject_id",
    ),
    Tampering(
        "consequences_follow",
        "rewards_evaluation",
        "UPDATE rewards_evaluation SET depth = 2 WHERE trigger = 'referral.qualified' RETURNING id",
    ),
    Tampering(
        "awards_are_given",
        "credits_entry",
        "UPDATE rewards_evaluation SET decision = '{}' WHERE id = #alice-1;"
        "SELECT id FROM credits_entry WHERE evaluation_id = #alice-1",
    ),
    Tampering(
        "awards_are_given",
        "rewards_grant",
        "UPDATE rewards_grant SET quantity = 2 WHERE evaluation_id IS NOT NULL RETURNING id",
    ),
    Tampering(
        "shares_add_up",
        "rewards_evaluation",
        "UPDATE rewards_evaluation SET decision = jsonb_set(decision, '{awards,0,shares,0}', '999')"
        " WHERE id = #alice-1 RETURNING id",
    ),
    Tampering(
        "versions_were_published",
        "rewards_evaluation",
        "UPDATE rewards_policyversion SET status = 'draft', published_at = NULL, effective_at = NULL"
        " WHERE policy_id = (SELECT id FROM rewards_policy WHERE code = 'qualified');"
        "SELECT id FROM rewards_evaluation WHERE trigger = 'referral.qualified'",
    ),
    Tampering(
        "rewards_stay_in_their_merchant",
        "rewards_limituse",
        "UPDATE rewards_policy SET merchant_id = 0 WHERE code = 'friend' RETURNING id",
    ),
    Tampering(
        "counters_are_history",
        "rewards_counter",
        "UPDATE rewards_counter SET amount = amount - 1 WHERE customer_id = @bob AND measure = 'units:meals'"
        " RETURNING customer_id",
    ),
    Tampering(
        "counters_are_history",
        "rewards_counter",
        "UPDATE rewards_counter SET peak = peak + 10 WHERE scope = 'across_friends' RETURNING customer_id",
    ),
    Tampering(
        "milestones_were_reached",
        "rewards_evaluation",
        "UPDATE rewards_counter SET peak = 0 WHERE customer_id = @dave; SELECT #dave-1",
    ),
    Tampering(
        "limit_uses_are_history",
        "rewards_limituse",
        "UPDATE rewards_limituse SET points = points + 1 WHERE times = 1 RETURNING policy_id",
    ),
    Tampering(
        "limits_are_kept",
        "rewards_limituse",
        "UPDATE rewards_policyversion SET definition = jsonb_set(definition, '{limits,per_customer,times}', '0')"
        " WHERE definition ? 'limits' RETURNING policy_id",
    ),
    Tampering(
        "grants_are_told",
        "credits_account",
        "UPDATE referrals_event SET type = 'grant.lost' WHERE type = 'grant.revoked' RETURNING subject_id",
    ),
    Tampering(
        "referrals_qualify_by_purchases",
        "referrals",
        "UPDATE referrals_referralmove SET status = 'rewarded' WHERE status = 'reversed';"
        "UPDATE referrals SET status = 'rewarded' WHERE status = 'reversed' RETURNING id",
    ),
    Tampering(
        "referrals_qualify_by_purchases",
        "referrals",
        "UPDATE referrals_referralmove SET status = 'reversed' WHERE status = 'rewarded';"
        "UPDATE referrals SET status = 'reversed', reversed_at = now() WHERE status = 'rewarded' RETURNING id",
    ),
]

AND_MORE = [
    Tampering(
        "purchases_are_evaluated",
        "rewards_evaluation",
        "UPDATE rewards_evaluation SET occurred_at = now() WHERE id = #alice-1 RETURNING id",
    ),
    Tampering(
        "lots_make_the_balance",
        "credits_account",
        "UPDATE credits_account SET held = held + 1, owed = owed + 1 WHERE customer_id = @dave RETURNING id",
    ),
    Tampering(
        "refunds_are_exact",
        "credits_entry",
        'UPDATE referrals_refund SET amount = 850, lines = \'[{"line": 0, "amount": 850, "quantity": 0}]\''
        " WHERE refund_id LIKE 'back-carol-1-%';"
        "SELECT min(id) FROM credits_entry WHERE evaluation_id = #carol-1",
    ),
    Tampering(
        "entry_signs",
        "credits_entry",
        "ALTER TABLE credits_entry DROP CONSTRAINT entry_goes_the_way_of_its_kind;"
        "UPDATE credits_entry SET kind = 'earned' WHERE id = (SELECT max(id) FROM credits_entry WHERE points < 0)"
        " RETURNING id",
    ),
    Tampering(
        "nothing_below_zero",
        "credits_account",
        "ALTER TABLE credits_account DROP CONSTRAINT account_never_below_zero;"
        "UPDATE credits_account SET held = -1, available = available + 1 WHERE customer_id = @bob RETURNING id",
    ),
]
"""What cannot be falsified without breaking something else too."""
