"""Everything that a purchase caused is undone by its refund, and nothing else is."""

from config.lib.proof import Invariant
from rewards.services.proofs.history import IS_REVOKED, UNDONE

INVARIANTS = (
    Invariant(
        "I-29",
        "referrals_qualify_by_purchases",
        "A referral is qualified or rewarded while one purchase that qualified it stands, and never otherwise.",
        f"""
        SELECT 'referrals' AS "table", referral.id, referral.status AS found,
            COALESCE(qualified.standing, 0) AS purchases
        FROM referrals AS referral
        LEFT JOIN (
            SELECT evaluation.subject_id, count(*) AS standing
            FROM rewards_evaluation AS evaluation
            LEFT JOIN {UNDONE} AS undone ON undone.evaluation_id = evaluation.id
            WHERE evaluation.trigger = 'referral.qualified' AND undone.evaluation_id IS NULL
            GROUP BY evaluation.subject_id
        ) AS qualified ON qualified.subject_id = referral.id
        WHERE COALESCE(qualified.standing, 0)
            <> CASE WHEN referral.status IN ('qualified', 'rewarded') THEN 1 ELSE 0 END
        """,  # noqa: S608
    ),
    Invariant(
        "I-29",
        "refunds_take_back",
        "A refund takes back what its purchase gave, as far as the policies and the return policy of the wallet say.",
        f"""
        SELECT 'credits_entry' AS "table", entry.id, undone.refund_id AS refund, COALESCE(taken.points, 0) AS found,
            CASE WHEN {IS_REVOKED} THEN -entry.points ELSE 0 END AS expected
        FROM {UNDONE} AS undone
        JOIN credits_entry AS entry ON entry.evaluation_id = undone.evaluation_id AND entry.kind = 'earned'
        JOIN credits_account AS account ON account.id = entry.account_id
        JOIN credits_wallet AS wallet ON wallet.id = account.wallet_id
        JOIN rewards_policyversion AS version ON version.id = entry.policy_version_id
        LEFT JOIN credits_entry AS taken ON taken.merchant_id = entry.merchant_id
            AND taken.account_id = entry.account_id AND taken.key = 'refund:' || undone.refund_id || ':' || entry.id
        WHERE COALESCE(taken.points, 0) NOT BETWEEN CASE WHEN {IS_REVOKED} THEN -entry.points ELSE 0 END
            AND CASE WHEN {IS_REVOKED} AND wallet.return_policy = 'owed' THEN -entry.points ELSE 0 END
        """,  # noqa: S608
    ),
    Invariant(
        "I-29",
        "reversals_are_decided",
        "What a refund took back of each customer is what its evaluation says.",
        """
        SELECT 'rewards_evaluation' AS "table", COALESCE(decided.id, posted.evaluation_id) AS id,
            COALESCE(decided.customer_id, posted.customer_id) AS customer, COALESCE(posted.points, 0) AS found,
            COALESCE(decided.points, 0) AS expected
        FROM (
            SELECT evaluation.id, (taken ->> 0)::bigint AS customer_id, sum((taken ->> 1)::bigint)::bigint AS points
            FROM rewards_evaluation AS evaluation
            CROSS JOIN LATERAL jsonb_array_elements(evaluation.decision -> 'taken_back') AS taken
            WHERE evaluation.trigger = 'purchase.refunded' AND evaluation.state = 'done'
            GROUP BY 1, 2
        ) AS decided
        FULL JOIN (
            SELECT entry.evaluation_id, account.customer_id, -sum(entry.points)::bigint AS points
            FROM credits_entry AS entry JOIN credits_account AS account ON account.id = entry.account_id
            WHERE entry.kind = 'reversed' AND entry.evaluation_id IS NOT NULL
            GROUP BY entry.evaluation_id, account.customer_id
        ) AS posted ON posted.evaluation_id = decided.id AND posted.customer_id = decided.customer_id
        WHERE COALESCE(decided.points, 0) <> COALESCE(posted.points, 0)
        """,
    ),
    Invariant(
        "I-29",
        "refunds_revoke_grants",
        "A grant is taken back when its purchase is refunded and its policy says so, and never otherwise.",
        f"""
        SELECT 'rewards_grant' AS "table", given.id, given.state AS found,
            CASE WHEN undone.evaluation_id IS NOT NULL AND {IS_REVOKED} THEN 'revoked' ELSE 'issued' END AS expected
        FROM rewards_grant AS given
        JOIN rewards_policyversion AS version ON version.id = given.policy_version_id
        LEFT JOIN {UNDONE} AS undone ON undone.evaluation_id = given.evaluation_id
        WHERE (given.state = 'revoked') <> (undone.evaluation_id IS NOT NULL AND {IS_REVOKED})
        """,  # noqa: S608
    ),
)
