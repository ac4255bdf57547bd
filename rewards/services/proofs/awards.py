"""What was decided is what was given, both ways."""

from config.lib.proof import Invariant
from rewards.models.evaluations import SHARDS
from rewards.services.proofs.history import AWARDS

INVARIANTS = (
    Invariant(
        "I-13",
        "work_is_found",
        "Whatever is pending is in a queue that workers look into.",
        f"""
        SELECT 'rewards_evaluation' AS "table", id, shard AS found
        FROM rewards_evaluation
        WHERE state = 'pending' AND (shard IS NULL OR shard NOT BETWEEN 0 AND {SHARDS - 1})
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-15",
        "purchases_are_evaluated",
        "Every purchase, refund, payment, activity, occurrence and decision about a referral has exactly one"
        " evaluation, and every such evaluation its fact.",
        """
        SELECT 'rewards_evaluation' AS "table", evaluation.id, fact.noun, fact.id AS fact
        FROM (
            SELECT 'purchase' AS noun, 'purchase.completed' AS trigger, id, merchant_id, customer_id, occurred_at
            FROM referrals_purchase
            UNION ALL
            SELECT 'refund', 'purchase.refunded', refund.id, refund.merchant_id, customer_id, refund.occurred_at
            FROM referrals_refund AS refund JOIN referrals_purchase AS purchase ON purchase.id = refund.purchase_id
            UNION ALL
            SELECT 'activity', 'activity.recorded', id, merchant_id, customer_id, occurred_at FROM referrals_activity
            UNION ALL
            SELECT 'occurrence', 'schedule.due', occurrence.id, occurrence.merchant_id, customer_id, starts_at
            FROM rewards_occurrence AS occurrence JOIN rewards_policyday AS day ON day.id = occurrence.policy_day_id
            UNION ALL
            SELECT 'risk_decision', 'referral.reviewed', decision.id, decision.merchant_id, referral.customer_id,
                decided_at
            FROM referrals_riskdecision AS decision JOIN referrals AS referral ON referral.id = decision.referral_id
            UNION ALL
            SELECT 'payment', 'payment.settled', payment.id, payment.merchant_id, customer_id, payment.occurred_at
            FROM referrals_payment AS payment JOIN referrals_purchase AS purchase ON purchase.id = payment.purchase_id
        ) AS fact
        FULL JOIN (
            SELECT * FROM rewards_evaluation
            WHERE trigger IN ('purchase.completed', 'purchase.refunded', 'payment.settled', 'activity.recorded',
                'referral.reviewed', 'schedule.due') AND cause_id IS NULL
        ) AS evaluation ON evaluation.subject_id = fact.id AND evaluation.trigger = fact.trigger
        WHERE (fact.noun, fact.merchant_id, fact.customer_id, fact.occurred_at) IS DISTINCT FROM
            (evaluation.subject_type, evaluation.merchant_id, evaluation.customer_id, evaluation.occurred_at)
        """,
    ),
    Invariant(
        "I-15",
        "referrals_are_evaluated",
        "That a friend joined is evaluated exactly once; of one who is only expected it is not.",
        """
        SELECT 'referrals' AS "table", COALESCE(referral.id, joined.subject_id) AS id,
            COALESCE(joined.evaluations, 0) AS found
        FROM referrals AS referral
        FULL JOIN (
            SELECT subject_id, count(*) AS evaluations FROM rewards_evaluation
            WHERE trigger = 'referral.joined' GROUP BY subject_id
        ) AS joined ON joined.subject_id = referral.id
        WHERE referral.id IS NULL
            OR COALESCE(joined.evaluations, 0) <> CASE WHEN referral.joined_at IS NULL THEN 0 ELSE 1 END
        """,
    ),
    Invariant(
        "I-15",
        "consequences_follow",
        "What follows from an evaluation is decided with it, about the same moment; and about the same customer, unless"
        " another one rose to a tier by it, or reached a goal.",
        """
        SELECT 'rewards_evaluation' AS "table", child.id, child.cause_id AS cause
        FROM rewards_evaluation AS child
        LEFT JOIN rewards_evaluation AS cause ON cause.id = child.cause_id
        WHERE child.cause_id IS NOT NULL AND (
            cause.state IS DISTINCT FROM 'done' OR child.state <> 'done' OR child.depth <> cause.depth + 1
            OR (child.merchant_id, child.occurred_at) IS DISTINCT FROM (cause.merchant_id, cause.occurred_at)
            OR (child.customer_id <> cause.customer_id AND child.trigger NOT IN ('tier.changed', 'campaign.completed')))
        """,
    ),
    Invariant(
        "I-33",
        "awards_are_given",
        "Every award of a decision is an entry or a grant, and every entry and grant of an evaluation is its award.",
        f"""
        SELECT COALESCE(given."table", 'rewards_evaluation') AS "table", COALESCE(given.id, award.evaluation_id) AS id,
            COALESCE(award.key, given.key) AS key, given.points AS found, award.points AS expected
        FROM (SELECT * FROM {AWARDS} AS any_kind WHERE kind IN ('points', 'grant')) AS award
        FULL JOIN (
            SELECT 'credits_entry' AS "table", entry.id, 'points' AS kind, entry.merchant_id, entry.key,
                entry.evaluation_id, entry.policy_version_id, account.customer_id, entry.points, '' AS option,
                0 AS quantity
            FROM credits_entry AS entry JOIN credits_account AS account ON account.id = entry.account_id
            WHERE entry.kind = 'earned' AND entry.evaluation_id IS NOT NULL
            UNION ALL
            SELECT 'rewards_grant', given.id, 'grant', given.merchant_id, given.key, given.evaluation_id,
                given.policy_version_id, given.customer_id, 0, option.code, given.quantity
            FROM rewards_grant AS given JOIN rewards_rewardoption AS option ON option.id = given.option_id
            WHERE given.evaluation_id IS NOT NULL
        ) AS given ON given.merchant_id = award.merchant_id AND given.key = award.key AND given.kind = award.kind
        WHERE (award.evaluation_id, award.version_id, award.customer_id, award.points, award.option, award.quantity)
            IS DISTINCT FROM (given.evaluation_id, given.policy_version_id, given.customer_id, given.points,
                given.option, given.quantity)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-33",
        "reviews_are_waited_for",
        "What waits for somebody to look at a referral is of one that is held or rejected, or whose review is due.",
        """
        SELECT waiting."table", waiting.id, referral.status AS found, referral.risk
        FROM (
            SELECT 'credits_lot' AS "table", entry.id, entry.evaluation_id
            FROM credits_lot AS lot JOIN credits_entry AS entry ON entry.id = lot.entry_id
            WHERE lot.waiting_for = 'risk_review' AND lot.remaining > 0
            UNION ALL
            SELECT 'rewards_grant', id, evaluation_id FROM rewards_grant WHERE state = 'waiting'
        ) AS waiting
        JOIN rewards_evaluation AS evaluation ON evaluation.id = waiting.evaluation_id
        LEFT JOIN referrals AS referral ON referral.customer_id = evaluation.customer_id
        WHERE (referral.risk = 'held' OR referral.status = 'rejected') IS NOT TRUE AND NOT EXISTS (
            SELECT FROM rewards_evaluation AS review
            WHERE review.trigger = 'referral.reviewed' AND review.customer_id = evaluation.customer_id
                AND review.state <> 'done')
        """,
    ),
    Invariant(
        "I-33",
        "terms_are_kept",
        "Points that a policy gives on terms of its own are not spendable before, and do not lapse before, it says.",
        # A payment or a confirmation may come later, and points that lapsed may be given a grace: never earlier.
        # Four days are left to months that end elsewhere on Earth on another day.
        """
        SELECT 'credits_lot' AS "table", lot.entry_id AS id, lot.active_at, lot.expires_at, given.terms AS expected
        FROM (
            SELECT entry.id AS entry_id, version.definition #> '{give,points}' AS terms
            FROM credits_entry AS entry
            JOIN rewards_policyversion AS version ON version.id = entry.policy_version_id
            WHERE entry.kind = 'earned'
        ) AS given
        JOIN credits_lot AS lot ON lot.entry_id = given.entry_id
        WHERE given.terms ?| ARRAY['pending_days', 'expiry_months', 'expires'] AND (
            lot.active_at < lot.earned_at + (given.terms ->> 'pending_days')::int * interval '1 day'
            OR lot.expires_at + interval '4 days'
                < lot.earned_at + (given.terms ->> 'expiry_months')::int * interval '1 month'
            OR (given.terms ->> 'expires' = 'never' AND lot.expires_at IS NOT NULL))
        """,
    ),
    Invariant(
        "I-33",
        "shares_add_up",
        "The shares of the lines of a purchase add up to the points of the award.",
        f"""
        SELECT 'rewards_evaluation' AS "table", evaluation_id AS id, policy_id AS policy,
            (SELECT sum(share::bigint)::bigint FROM jsonb_array_elements_text(shares) AS share) AS found,
            points AS expected
        FROM {AWARDS} AS award
        WHERE shares IS NOT NULL
            AND points <> (SELECT sum(share::bigint) FROM jsonb_array_elements_text(shares) AS share)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-33",
        "versions_were_published",
        "An award names a version of its own policy, and the version was published.",
        f"""
        SELECT 'rewards_evaluation' AS "table", evaluation_id AS id, version_id AS version,
            version.policy_id AS found, award.policy_id AS expected, version.published_at
        FROM {AWARDS} AS award
        LEFT JOIN rewards_policyversion AS version ON version.id = award.version_id
        WHERE version.policy_id IS DISTINCT FROM award.policy_id OR version.published_at IS NULL
            OR version.merchant_id <> award.merchant_id
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-36",
        "rewards_stay_in_their_merchant",
        "What an evaluation gave, and the policy by which it did, belong to its merchant.",
        """
        SELECT 'credits_entry' AS "table", entry.id, entry.merchant_id AS found, evaluation.merchant_id AS expected
        FROM credits_entry AS entry
        LEFT JOIN rewards_evaluation AS evaluation ON evaluation.id = entry.evaluation_id
        WHERE entry.evaluation_id IS NOT NULL AND entry.merchant_id IS DISTINCT FROM evaluation.merchant_id
        UNION ALL
        SELECT 'rewards_grant', given.id, given.merchant_id, evaluation.merchant_id
        FROM rewards_grant AS given
        JOIN rewards_evaluation AS evaluation ON evaluation.id = given.evaluation_id
        JOIN rewards_policyversion AS version ON version.id = given.policy_version_id
        WHERE given.merchant_id <> evaluation.merchant_id OR given.merchant_id <> version.merchant_id
        UNION ALL
        SELECT 'rewards_limituse', used.policy_id, policy.merchant_id, customer.merchant_id
        FROM rewards_limituse AS used
        JOIN rewards_policy AS policy ON policy.id = used.policy_id
        JOIN referrals_customer AS customer ON customer.id = used.customer_id
        WHERE policy.merchant_id <> customer.merchant_id
        UNION ALL
        SELECT 'credits_qualifyingamount', claim.id, account.merchant_id, evaluation.merchant_id
        FROM credits_qualifyingamount AS claim
        JOIN credits_account AS account ON account.id = claim.account_id
        LEFT JOIN rewards_evaluation AS evaluation ON evaluation.id = claim.evaluation_id
        WHERE account.merchant_id IS DISTINCT FROM evaluation.merchant_id
        """,
    ),
)
