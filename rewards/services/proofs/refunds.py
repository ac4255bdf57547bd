"""Everything that a purchase caused is undone by its refund, and nothing else is."""

from config.lib.proof import Invariant
from rewards.services.proofs.history import (
    AWARDS,
    BACK,
    IS_REVOKED,
    OF_PURCHASES,
    RETURNED,
    TAKEN,
    TAKEN_OF_ENTRIES,
    UNDONE,
    UNPAID,
)

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
        WHERE referral.status <> 'rejected' AND COALESCE(qualified.standing, 0)
            <> CASE WHEN referral.status IN ('qualified', 'rewarded') THEN 1 ELSE 0 END
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-29",
        "refunds_are_exact",
        "Of every award that points came from, as much is gone as was paid back of each line, rounded down; and all of"
        " it while its referral is rejected.",
        f"""
        WITH returned AS MATERIALIZED (SELECT * FROM {RETURNED} AS returned), sold AS (
            SELECT purchase.id AS purchase_id, line.number, line.quantity, purchase.total::numeric * line.quantity
                    * line.unit_price AS value,
                sum(line.quantity::numeric * line.unit_price) OVER (PARTITION BY purchase.id) AS whole, purchase.total
            FROM returned JOIN referrals_purchase AS purchase ON purchase.id = returned.purchase_id
            CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(lines) AS (quantity bigint, unit_price bigint))
                WITH ORDINALITY AS line (quantity, unit_price, number)
        ), line AS (
            SELECT purchase_id, number, quantity, CASE WHEN whole = 0 THEN 0 ELSE div(value, whole)
                + CASE WHEN row_number() OVER (
                        PARTITION BY purchase_id ORDER BY mod(value, NULLIF(whole, 0)) DESC, number)
                    <= total - sum(div(value, NULLIF(whole, 0))) OVER (PARTITION BY purchase_id) THEN 1 ELSE 0 END
                END AS paid
            FROM sold
        ), award AS MATERIALIZED (
            SELECT award.*, caused.purchase_id, caused.trigger, returned.total, returned.amount, returned.is_void,
                undone.evaluation_id IS NOT NULL AS is_undone
            FROM {AWARDS} AS award
            JOIN {OF_PURCHASES} AS caused ON caused.evaluation_id = award.evaluation_id
            JOIN returned ON returned.purchase_id = caused.purchase_id
            LEFT JOIN {UNDONE} AS undone ON undone.evaluation_id = award.evaluation_id
            WHERE award.kind = 'points'
        ), shared AS (
            SELECT award.key, sum(CASE WHEN line.paid > 0 THEN div(share.points::numeric * back.amount, line.paid)
                ELSE div(share.points::numeric * back.quantity, line.quantity) END)::bigint AS points
            FROM award
            CROSS JOIN LATERAL jsonb_array_elements_text(award.shares) WITH ORDINALITY AS share (points, number)
            JOIN line ON line.purchase_id = award.purchase_id AND line.number = share.number
            JOIN {BACK} AS back ON back.purchase_id = award.purchase_id AND back.line = line.number - 1
            GROUP BY award.key
        )
        SELECT 'credits_entry' AS "table", entry.id, COALESCE(taken.points, 0) AS found, gone.points AS expected
        FROM award AS undone
        JOIN rewards_policyversion AS version ON version.id = undone.version_id
        JOIN credits_entry AS entry ON entry.merchant_id = undone.merchant_id AND entry.key = undone.key
        JOIN credits_lot AS lot ON lot.entry_id = entry.id
        LEFT JOIN shared ON shared.key = undone.key
        LEFT JOIN {TAKEN_OF_ENTRIES} AS taken ON taken.entry_id = entry.id
        CROSS JOIN LATERAL (SELECT CASE
            WHEN lot.waiting_for = 'risk_review' AND lot.remaining = 0 THEN undone.points
            WHEN NOT {IS_REVOKED} THEN 0
            WHEN undone.is_undone THEN undone.points
            WHEN undone.trigger <> 'purchase.completed' OR undone.milestone IS NOT NULL THEN 0
            WHEN undone.shares IS NOT NULL THEN COALESCE(shared.points, 0)
            WHEN undone.total = 0 THEN 0
            ELSE div(undone.points::numeric * undone.amount, undone.total)::bigint
        END AS points) AS gone
        WHERE COALESCE(taken.points, 0) <> gone.points
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-29",
        "refunds_take_back",
        "What goes with a refund is taken back, as far as the return policy says that was in force then.",
        f"""
        SELECT 'credits_entry' AS "table", taken.entry_id AS id, taken.subject_type || ' ' || taken.subject_id AS by,
            COALESCE(posted.points, 0) AS found, -taken.taken AS expected, -taken.points AS at_most
        FROM {TAKEN} AS taken
        LEFT JOIN credits_entry AS earned ON earned.id = taken.entry_id
        LEFT JOIN credits_entry AS posted ON posted.merchant_id = taken.merchant_id
            AND posted.account_id = earned.account_id
            AND posted.key = taken.subject_type || ':' || taken.subject_id || ':' || taken.entry_id
        WHERE COALESCE(posted.points, 0) NOT BETWEEN -taken.points
            AND CASE WHEN taken.return_policy = 'owed' THEN -taken.points ELSE greatest(0, -taken.points) END
        """,  # noqa: S608 (its parts are ours)
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
            SELECT evaluation.id, part.customer AS customer_id, sum(part.taken)::bigint AS points
            FROM rewards_evaluation AS evaluation
            CROSS JOIN LATERAL jsonb_to_recordset(evaluation.decision -> 'taken_back') AS part (
                customer bigint, taken bigint)
            WHERE evaluation.trigger IN ('purchase.refunded', 'payment.settled', 'referral.reviewed')
                AND evaluation.state = 'done' AND part.taken > 0
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
        "points_wait_for_payment",
        "What was earned with a purchase waits exactly until it is paid; if it never is, nothing remains.",
        f"""
        SELECT 'credits_lot' AS "table", lot.entry_id AS id, lot.waiting_for AS found,
            unpaid.evaluation_id IS NOT NULL AS waits, lot.remaining
        FROM {OF_PURCHASES} AS caused
        JOIN credits_entry AS entry ON entry.evaluation_id = caused.evaluation_id
        JOIN credits_lot AS lot ON lot.entry_id = entry.id
        LEFT JOIN {UNPAID} AS unpaid ON unpaid.evaluation_id = caused.evaluation_id
        LEFT JOIN {RETURNED} AS returned ON returned.purchase_id = caused.purchase_id
        WHERE lot.remaining > 0
            AND ((lot.waiting_for = 'payment') <> (unpaid.evaluation_id IS NOT NULL) OR returned.is_void)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-29",
        "refunds_revoke_grants",
        "A grant is taken back when its purchase is refunded, unless it is kept or was used, and never otherwise.",
        f"""
        SELECT 'rewards_grant' AS "table", given.id, given.state AS found,
            CASE WHEN undone.evaluation_id IS NOT NULL AND {IS_REVOKED} THEN 'revoked' ELSE 'issued' END AS expected
        FROM rewards_grant AS given
        JOIN rewards_policyversion AS version ON version.id = given.policy_version_id
        LEFT JOIN {UNDONE} AS undone ON undone.evaluation_id = given.evaluation_id
        WHERE (given.revoked_at IS NOT NULL) <> (undone.evaluation_id IS NOT NULL AND {IS_REVOKED})
            AND (given.revoked_at IS NOT NULL OR given.state NOT IN ('used', 'expired'))
        """,  # noqa: S608 (its parts are ours)
    ),
)
