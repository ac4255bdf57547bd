"""Parts of questions that several invariants of this floor ask: what was awarded, and what was undone."""

AWARDS = """(
    SELECT evaluation.id AS evaluation_id, evaluation.merchant_id, award.customer AS customer_id,
        award.policy AS policy_id, award.version AS version_id, COALESCE(award.kind, 'points') AS kind,
        COALESCE(award.points, 0) AS points, COALESCE(award.option, '') AS option,
        COALESCE(award.quantity, 0) AS quantity, award.milestone, award.scope, award.measure, award.subject_id,
        award.shares, award.period,
        CASE WHEN award.milestone IS NULL THEN
            'award:' || evaluation.id || ':' || award.policy || ':' || award."to"
        ELSE
            'milestone:' || award.policy || ':' || award.customer || ':' || award.scope || ':' || award.measure || ':'
            || award.subject_id || ':' || award.milestone
        END AS key
    FROM rewards_evaluation AS evaluation
    CROSS JOIN LATERAL jsonb_to_recordset(evaluation.decision -> 'awards') AS award (
        customer bigint, policy bigint, version bigint, "to" text, kind text, points bigint, option text,
        quantity bigint, milestone bigint, scope text, measure text, subject_id bigint, shares jsonb, period text)
    WHERE evaluation.state = 'done'
)"""
"""The awards of all decisions, with the names of their causes."""

UNDONE = """(
    SELECT evaluation.id AS evaluation_id, root.refund_id
    FROM rewards_evaluation AS evaluation
    JOIN (
        SELECT completed.id, refund.id AS refund_id
        FROM rewards_evaluation AS undoing
        JOIN referrals_refund AS refund ON refund.id = undoing.subject_id
        JOIN rewards_evaluation AS completed ON completed.subject_id = refund.purchase_id
            AND completed.trigger = 'purchase.completed' AND completed.cause_id IS NULL
        WHERE undoing.trigger = 'purchase.refunded' AND undoing.state = 'done'
    ) AS root ON root.id = COALESCE(evaluation.cause_id, evaluation.id)
)"""
"""The evaluations that a refund has undone: those of its purchase, and of what followed from it."""

IS_REVOKED = "COALESCE(version.definition ->> 'on_refund', 'revoke') = 'revoke'"
"""Whether the policy `version`, which never changes, takes its awards back after a refund."""
