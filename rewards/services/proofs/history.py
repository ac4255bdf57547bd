"""Parts of questions that several invariants of this floor ask: what was awarded, and what was undone."""

AWARDS = """(
    SELECT evaluation.id AS evaluation_id, evaluation.merchant_id, award.customer AS customer_id,
        award.policy AS policy_id, award.version AS version_id, COALESCE(award.kind, 'points') AS kind,
        COALESCE(award.points, 0) AS points, COALESCE(award.option, '') AS option,
        COALESCE(award.quantity, 0) AS quantity, award.milestone, award.scope, award.measure, award.subject_id,
        award.shares, award.period, COALESCE(award.held, false) AS held,
        CASE WHEN award.milestone IS NULL THEN
            'award:' || evaluation.id || ':' || award.policy || ':' || award."to"
        ELSE
            'milestone:' || award.policy || ':' || award.customer || ':' || award.scope || ':' || award.measure || ':'
            || award.subject_id || ':' || award.milestone
        END AS key
    FROM rewards_evaluation AS evaluation
    CROSS JOIN LATERAL jsonb_to_recordset(evaluation.decision -> 'awards') AS award (
        customer bigint, policy bigint, version bigint, "to" text, kind text, points bigint, option text,
        quantity bigint, milestone bigint, scope text, measure text, subject_id bigint, shares jsonb, period text,
        held boolean)
    WHERE evaluation.state = 'done'
)"""
"""The awards of all decisions, with the names of their causes."""

IS_UNTOLD = """(award.held AND award.key NOT IN (
    SELECT jsonb_array_elements_text(review.decision -> 'given') FROM rewards_evaluation AS review
    WHERE review.trigger = 'referral.reviewed' AND review.state = 'done'
))"""
"""Whether an award was decided while the referral was held, and no review has given it since."""

OF_PURCHASES = """(
    SELECT evaluation.id AS evaluation_id, evaluation.trigger,
        COALESCE(payment.purchase_id, root.subject_id) AS purchase_id,
        COALESCE((evaluation.decision #>> '{inputs,minimum}')::bigint, 0) AS minimum
    FROM rewards_evaluation AS evaluation
    LEFT JOIN rewards_evaluation AS cause ON cause.id = evaluation.cause_id
    LEFT JOIN rewards_evaluation AS before ON before.id = cause.cause_id
    JOIN rewards_evaluation AS root
        ON root.id = COALESCE(before.cause_id, cause.cause_id, evaluation.cause_id, evaluation.id)
    LEFT JOIN referrals_payment AS payment ON payment.id = root.subject_id AND root.trigger = 'payment.settled'
    WHERE root.trigger IN ('purchase.completed', 'payment.settled') AND evaluation.state = 'done'
)"""
"""The evaluations that each purchase caused: its own, that of its payment, and what followed from them."""

_DONE_REFUNDS = """
    FROM referrals_refund AS refund
    JOIN rewards_evaluation AS undoing ON undoing.subject_id = refund.id AND undoing.trigger = 'purchase.refunded'
        AND undoing.cause_id IS NULL AND undoing.state = 'done'
"""

BACK = f"""(
    SELECT refund.purchase_id, part.line, sum(part.amount)::bigint AS amount, sum(part.quantity)::bigint AS quantity
    {_DONE_REFUNDS}
    CROSS JOIN LATERAL jsonb_to_recordset(refund.lines) AS part (line bigint, amount bigint, quantity bigint)
    GROUP BY refund.purchase_id, part.line
)"""
"""What evaluated refunds paid back of each line (its index, from 0) of a purchase."""

RETURNED = f"""(
    SELECT purchase.id AS purchase_id, purchase.total, COALESCE(back.amount, 0) AS amount,
        voided.purchase_id IS NOT NULL AS is_void,
        voided.purchase_id IS NOT NULL OR (back.amount = purchase.total AND back.quantity = (
            SELECT COALESCE(sum(quantity), 0) FROM jsonb_to_recordset(purchase.lines) AS line (quantity bigint)
        )) AS is_whole
    FROM referrals_purchase AS purchase
    LEFT JOIN (
        SELECT refund.purchase_id, sum(refund.amount)::bigint AS amount, COALESCE(sum((
            SELECT sum(quantity) FROM jsonb_to_recordset(refund.lines) AS part (quantity bigint)
        )), 0)::bigint AS quantity
        {_DONE_REFUNDS}
        GROUP BY refund.purchase_id
    ) AS back ON back.purchase_id = purchase.id
    LEFT JOIN (
        SELECT payment.purchase_id
        FROM referrals_payment AS payment
        JOIN rewards_evaluation AS undoing ON undoing.subject_id = payment.id AND undoing.state = 'done'
            AND undoing.trigger = 'payment.settled' AND undoing.cause_id IS NULL
        WHERE payment.status = 'voided'
    ) AS voided ON voided.purchase_id = purchase.id
    WHERE back.purchase_id IS NOT NULL OR voided.purchase_id IS NOT NULL
)"""  # noqa: S608 (its parts are ours)
"""The purchases of which something was undone: how much, and whether nothing is left."""

UNDONE = f"""(
    SELECT caused.evaluation_id, returned.is_void
    FROM {RETURNED} AS returned
    JOIN {OF_PURCHASES} AS caused ON caused.purchase_id = returned.purchase_id
    WHERE returned.is_whole
        OR (caused.trigger = 'referral.qualified' AND returned.total - returned.amount < caused.minimum)
)"""  # noqa: S608 (its parts are ours)
"""The evaluations that are undone: of purchases of which nothing is left, and those for which too little is."""

TAKEN = """(
    SELECT undoing.subject_type, undoing.subject_id, undoing.merchant_id,
        undoing.decision ->> 'return_policy' AS return_policy, part.entry AS entry_id, part.points, part.taken
    FROM rewards_evaluation AS undoing
    CROSS JOIN LATERAL jsonb_to_recordset(undoing.decision -> 'taken_back') AS part (
        entry bigint, points bigint, taken bigint)
    WHERE undoing.trigger IN ('purchase.refunded', 'payment.settled', 'referral.reviewed') AND undoing.state = 'done'
)"""
"""What refunds (and payments that were voided, and rejections of referrals) took back: points of an entry that go, and
how many were to be had. A referral that is released after all has what was taken of it again: less than nothing."""

TAKEN_OF_ENTRIES = f"(SELECT entry_id, sum(points)::bigint AS points FROM {TAKEN} AS taken GROUP BY entry_id)"  # noqa: S608 (its parts are ours)
"""How many points of each entry are gone."""

UNPAID = f"""(
    SELECT caused.evaluation_id
    FROM referrals_purchase AS purchase
    JOIN {OF_PURCHASES} AS caused ON caused.purchase_id = purchase.id
    LEFT JOIN (
        SELECT payment.purchase_id
        FROM referrals_payment AS payment
        JOIN rewards_evaluation AS settled ON settled.subject_id = payment.id AND settled.state = 'done'
            AND settled.trigger = 'payment.settled' AND settled.cause_id IS NULL
        WHERE payment.status = 'paid'
    ) AS paid ON paid.purchase_id = purchase.id
    WHERE purchase.payment_status <> 'paid' AND paid.purchase_id IS NULL
)"""  # noqa: S608 (its parts are ours)
"""The evaluations of purchases that are not paid."""

IS_REVOKED = "(undone.is_void OR COALESCE(version.definition ->> 'on_refund', 'revoke') = 'revoke')"
"""Whether the policy `version`, which never changes, takes its awards back after a refund; unpaid, all of them go."""
