"""What is counted while purchases come in is what counting the whole history anew gives."""

from config.lib.proof import Invariant
from rewards.services.proofs.history import (
    AWARDS,
    BACK,
    IS_REVOKED,
    IS_UNTOLD,
    RETURNED,
    TAKEN_OF_ENTRIES,
    UNDONE,
    UNPAID,
)

INVARIANTS = (
    Invariant(
        "I-30",
        "counters_are_history",
        "A counter is the history of purchases net of refunds; its peak lies between that and the gross.",
        f"""
        WITH bought AS MATERIALIZED (
            SELECT evaluation.subject_id AS purchase_id, evaluation.customer_id, referral.referrer_id,
                undone.evaluation_id IS NULL AS counts
            FROM rewards_evaluation AS evaluation
            LEFT JOIN {UNDONE} AS undone ON undone.evaluation_id = evaluation.id
            LEFT JOIN referrals AS referral ON referral.customer_id = evaluation.customer_id
                AND NOT evaluation.decision @> '{{"inputs": {{"void": true}}}}'
            WHERE evaluation.trigger = 'purchase.completed' AND evaluation.cause_id IS NULL
                AND evaluation.state = 'done'
        ), measured AS (
            SELECT customer_id, referrer_id, 'purchases' AS measure, count(*) FILTER (WHERE counts) AS net,
                count(*) AS gross
            FROM bought GROUP BY customer_id, referrer_id
            UNION ALL
            SELECT bought.customer_id, referrer_id, 'units:' || category,
                sum(line.quantity - COALESCE(back.quantity, 0)) FILTER (WHERE counts), sum(line.quantity)
            FROM bought
            JOIN referrals_purchase AS purchase ON purchase.id = bought.purchase_id
            CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(lines) AS (category text, quantity bigint))
                WITH ORDINALITY AS line (category, quantity, number)
            LEFT JOIN {BACK} AS back ON back.purchase_id = bought.purchase_id AND back.line = line.number - 1
            WHERE 'units:' || category IN (SELECT measure FROM rewards_counter)
                AND EXISTS (SELECT FROM rewards_counter WHERE measure <> 'purchases')
            GROUP BY bought.customer_id, referrer_id, category
        ), counted AS (
            SELECT customer_id, scope, measure, COALESCE(sum(net), 0)::bigint AS net, sum(gross)::bigint AS gross
            FROM (
                SELECT customer_id, 'per_friend' AS scope, measure, net, gross FROM measured
                UNION ALL
                SELECT referrer_id, 'across_friends', measure, net, gross FROM measured
                WHERE referrer_id IS NOT NULL
            ) AS scoped
            GROUP BY customer_id, scope, measure
        )
        SELECT 'rewards_counter' AS "table", counter.customer_id AS id, counter.scope, counter.measure,
            counter.amount AS found, COALESCE(counted.net, 0) AS expected, counter.peak,
            COALESCE(counted.gross, 0) AS peak_at_most
        FROM rewards_counter AS counter
        LEFT JOIN counted ON counted.customer_id = counter.customer_id AND counted.scope = counter.scope
            AND counted.measure = counter.measure
        WHERE counter.amount <> COALESCE(counted.net, 0)
            OR counter.peak NOT BETWEEN counter.amount AND COALESCE(counted.gross, 0)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-30",
        "milestones_were_reached",
        "A milestone is given only for a count that was reached.",
        f"""
        SELECT 'rewards_evaluation' AS "table", award.evaluation_id AS id, award.key, counter.peak AS found,
            award.milestone AS expected
        FROM {AWARDS} AS award
        LEFT JOIN referrals_customer AS merged ON merged.id = award.subject_id AND award.scope = 'across_friends'
        LEFT JOIN rewards_counter AS counter ON counter.customer_id = COALESCE(merged.merged_into_id, award.subject_id)
            AND counter.scope = award.scope AND counter.measure = award.measure
        WHERE award.milestone IS NOT NULL AND award.milestone > COALESCE(counter.peak, 0)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-34",
        "limit_uses_are_history",
        "What is used of a limit is what was awarded under it and not taken back.",
        f"""
        SELECT 'rewards_limituse' AS "table", COALESCE(used.policy_id, given.policy_id) AS id,
            COALESCE(used.customer_id, given.customer_id) AS customer, COALESCE(used.period, given.period) AS period,
            ARRAY[used.times, used.points] AS found, ARRAY[given.times, given.points] AS expected
        FROM (SELECT * FROM rewards_limituse WHERE times <> 0 OR points <> 0) AS used
        FULL JOIN (
            SELECT award.policy_id, award.customer_id, award.period,
                count(*) FILTER (WHERE NOT (undone.evaluation_id IS NOT NULL AND {IS_REVOKED})) AS times,
                sum(award.points - COALESCE(taken.points, 0))::bigint AS points
            FROM {AWARDS} AS award
            LEFT JOIN rewards_policyversion AS version ON version.id = award.version_id
            LEFT JOIN {UNDONE} AS undone ON undone.evaluation_id = award.evaluation_id
            LEFT JOIN credits_entry AS entry ON entry.merchant_id = award.merchant_id AND entry.key = award.key
            LEFT JOIN {TAKEN_OF_ENTRIES} AS taken ON taken.entry_id = entry.id
            WHERE award.period IS NOT NULL
            GROUP BY award.policy_id, award.customer_id, award.period
        ) AS given ON given.policy_id = used.policy_id AND given.customer_id = used.customer_id
            AND given.period = used.period
        WHERE (COALESCE(used.times, 0), COALESCE(used.points, 0))
            <> (COALESCE(given.times, 0), COALESCE(given.points, 0))
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-34",
        "limits_are_kept",
        "No customer has had more of a policy in a period than the most generous of its versions allows.",
        # A version that bounds only times, or only points, leaves the other open.
        """
        SELECT 'rewards_limituse' AS "table", used.policy_id AS id, used.customer_id AS customer, used.period,
            ARRAY[used.times, used.points] AS found, ARRAY[allowed.times, allowed.points] AS expected
        FROM rewards_limituse AS used
        JOIN (
            SELECT policy_id, COALESCE(bound ->> 'per', 'ever') AS per,
                CASE WHEN bool_and(bound ? 'times') THEN max((bound ->> 'times')::bigint) END AS times,
                CASE WHEN bool_and(bound ? 'points') THEN max((bound ->> 'points')::bigint) END AS points
            FROM rewards_policyversion
            CROSS JOIN LATERAL (SELECT definition #> '{limits,per_customer}' AS bound) AS limits
            WHERE published_at IS NOT NULL AND bound IS NOT NULL
            GROUP BY policy_id, per
        ) AS allowed ON allowed.policy_id = used.policy_id AND allowed.per = split_part(used.period, ':', 1)
        WHERE used.times > allowed.times OR used.points > allowed.points
        """,
    ),
    Invariant(
        "I-03",
        "lifetime_points",
        "A customer's lifetime points are what was earned, less what went with refunds.",
        f"""
        SELECT 'credits_account' AS "table", account.id, account.lifetime_points AS found,
            COALESCE(earned.points, 0) AS expected
        FROM credits_account AS account
        LEFT JOIN (
            SELECT entry.account_id, sum(entry.points - COALESCE(taken.points, 0))::bigint AS points
            FROM credits_entry AS entry
            LEFT JOIN {TAKEN_OF_ENTRIES} AS taken ON taken.entry_id = entry.id
            WHERE entry.kind = 'earned'
            GROUP BY entry.account_id
        ) AS earned ON earned.account_id = account.id
        WHERE account.lifetime_points <> COALESCE(earned.points, 0)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-32",
        "claims_are_history",
        "A customer's claim to a tier is what their paid purchases and awards come to, net of refunds, without what"
        " waits for somebody to look at a referral.",
        f"""
        WITH unpaid AS MATERIALIZED (SELECT evaluation_id FROM {UNPAID} AS unpaid), claim AS (
            SELECT evaluation.customer_id, purchase.total - COALESCE(returned.amount, 0) AS spend,
                CASE WHEN returned.is_whole THEN 0 ELSE 1 END AS orders, 0 AS points
            FROM rewards_evaluation AS evaluation
            JOIN referrals_purchase AS purchase ON purchase.id = evaluation.subject_id
            LEFT JOIN {RETURNED} AS returned ON returned.purchase_id = purchase.id
            LEFT JOIN unpaid ON unpaid.evaluation_id = evaluation.id
            WHERE evaluation.trigger = 'purchase.completed' AND evaluation.state = 'done'
                AND evaluation.cause_id IS NULL AND unpaid.evaluation_id IS NULL
            UNION ALL
            SELECT account.customer_id, 0, 0, entry.points - COALESCE(taken.points, 0)
            FROM credits_entry AS entry
            JOIN credits_account AS account ON account.id = entry.account_id
            JOIN rewards_policyversion AS version ON version.id = entry.policy_version_id
            JOIN credits_lot AS lot ON lot.entry_id = entry.id
            LEFT JOIN unpaid ON unpaid.evaluation_id = entry.evaluation_id
            LEFT JOIN {TAKEN_OF_ENTRIES} AS taken ON taken.entry_id = entry.id
            WHERE entry.kind = 'earned' AND unpaid.evaluation_id IS NULL AND lot.waiting_for <> 'risk_review'
                AND COALESCE((version.definition #>> '{{give,points,counts_for_tier}}')::boolean, true)
        )
        SELECT 'credits_account' AS "table", account.id,
            ARRAY[qualifying_spend, qualifying_orders, qualifying_points] AS found,
            ARRAY[COALESCE(claimed.spend, 0), COALESCE(claimed.orders, 0), COALESCE(claimed.points, 0)] AS expected
        FROM credits_account AS account
        JOIN credits_wallet AS wallet ON wallet.id = account.wallet_id AND wallet.is_default
        LEFT JOIN (
            SELECT customer_id, sum(spend)::bigint AS spend, sum(orders)::bigint AS orders,
                sum(points)::bigint AS points
            FROM claim GROUP BY customer_id
        ) AS claimed ON claimed.customer_id = account.customer_id
        WHERE (qualifying_spend, qualifying_orders, qualifying_points)
            <> (COALESCE(claimed.spend, 0), COALESCE(claimed.orders, 0), COALESCE(claimed.points, 0))
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-17",
        "grants_are_told",
        "For every grant that was issued, and for every one that was taken back, there is an event; not for one that"
        " no review of its referral has let go.",
        f"""
        SELECT 'credits_account' AS "table", COALESCE(given.account_id, told.subject_id) AS id,
            COALESCE(given.type, told.type) AS type, COALESCE(told.events, 0) AS found,
            COALESCE(given.grants, 0) AS expected
        FROM (
            SELECT account.id AS account_id, happened.type, count(*) AS grants
            FROM rewards_grant
            JOIN credits_account AS account ON account.customer_id = rewards_grant.customer_id
            JOIN credits_wallet AS wallet ON wallet.id = account.wallet_id AND wallet.is_default
            CROSS JOIN LATERAL (
                SELECT 'grant.issued' AS type UNION ALL SELECT 'grant.revoked' WHERE revoked_at IS NOT NULL
            ) AS happened
            WHERE NOT EXISTS (
                SELECT FROM {AWARDS} AS award
                WHERE award.evaluation_id = rewards_grant.evaluation_id AND award.key = rewards_grant.key
                    AND {IS_UNTOLD})
            GROUP BY account.id, happened.type
        ) AS given
        FULL JOIN (
            SELECT subject_id, type, count(*) AS events FROM referrals_event
            WHERE subject_type = 'account' AND type IN ('grant.issued', 'grant.revoked')
            GROUP BY subject_id, type
        ) AS told ON told.subject_id = given.account_id AND told.type = given.type
        WHERE given.grants IS DISTINCT FROM told.events
        """,  # noqa: S608 (its parts are ours)
    ),
)
