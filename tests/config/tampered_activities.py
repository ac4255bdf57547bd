"""Activities falsified, and what was given for them: what the proof must find."""

from tests.config.tampering import Tampering

ACTIVITIES = [
    Tampering(
        "own_activities_are_named",
        "referrals_activity",
        "UPDATE referrals_activity SET activity_id = 'birthday:2026:' || uuid WHERE kind = 'birthday' RETURNING id",
    ),
    Tampering(
        "birthdays_come_once_a_year",
        "referrals_activity",
        "WITH again AS (INSERT INTO referrals_activity (uuid, merchant_id, customer_id, source, activity_id, kind,"
        " reference, occurred_at, received_at) SELECT gen_random_uuid(), merchant_id, customer_id, source,"
        " replace(activity_id, '2026', '2027'), kind, reference, occurred_at + interval '1 day', received_at"
        " FROM referrals_activity WHERE kind = 'birthday' RETURNING *), work AS ("
        "INSERT INTO rewards_evaluation (merchant_id, trigger, subject_type, subject_id, customer_id, occurred_at,"
        " depth, state, attempts, due_at, failure, created_at, decision, evaluated_at) SELECT merchant_id,"
        " 'activity.recorded', 'activity', id, customer_id, occurred_at, 0, 'done', 0, now(), '', now(), '{}', now()"
        " FROM again) SELECT id FROM again",
    ),
    Tampering(
        "purchases_are_evaluated",
        "rewards_evaluation",
        "UPDATE referrals_activity SET customer_id = @dave WHERE kind = 'social_share';"
        "SELECT id FROM rewards_evaluation WHERE trigger = 'activity.recorded'"
        " AND subject_id = (SELECT id FROM referrals_activity WHERE kind = 'social_share')",
    ),
    Tampering(
        "terms_are_kept",
        "credits_lot",
        "UPDATE credits_lot SET active_at = earned_at WHERE active_at > earned_at AND remaining = granted"
        " RETURNING entry_id",
    ),
]
