"""What campaigns gave, who reached their goals, and who has which badge: as it was decided."""

from config.lib.proof import Invariant
from rewards.services.proofs.history import AWARDS, IS_UNTOLD

_PARTS = """(
    SELECT (part ->> 0)::bigint AS campaign_id, award.customer AS customer_id, part ->> 3 AS round,
        (part ->> 2)::bigint AS points
    FROM rewards_evaluation AS evaluation
    CROSS JOIN LATERAL jsonb_to_recordset(evaluation.decision -> 'awards') AS award (customer bigint, campaigns jsonb)
    CROSS JOIN LATERAL jsonb_array_elements(award.campaigns) AS part
    WHERE evaluation.state = 'done'
    UNION ALL
    SELECT (part ->> 0)::bigint, (part ->> 1)::bigint, part ->> 2, -(part ->> 3)::bigint
    FROM rewards_evaluation AS evaluation
    CROSS JOIN LATERAL jsonb_array_elements(evaluation.decision -> 'campaigns') AS part
    WHERE evaluation.trigger IN ('purchase.refunded', 'payment.settled', 'referral.reviewed')
        AND evaluation.state = 'done'
)"""
"""What awards came out of campaigns, and what of it went back."""

INVARIANTS = (
    Invariant(
        "I-34",
        "campaign_budgets_are_used",
        "What a campaign has used of its budget is what its awards come to, net of refunds and rejections.",
        f"""
        SELECT 'rewards_campaign' AS "table", campaign.id, campaign.given AS found,
            COALESCE(decided.points, 0) AS expected
        FROM rewards_campaign AS campaign
        LEFT JOIN (SELECT campaign_id, sum(points)::bigint AS points FROM {_PARTS} AS part GROUP BY 1) AS decided
            ON decided.campaign_id = campaign.id
        WHERE campaign.given <> COALESCE(decided.points, 0) OR campaign.given > campaign.budget
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-34",
        "participations_add_up",
        "What a campaign gave a customer in a round is what was decided, net of refunds and rejections.",
        f"""
        SELECT 'rewards_participation' AS "table", COALESCE(participation.id, decided.campaign_id) AS id,
            COALESCE(participation.points, 0) AS found, COALESCE(decided.points, 0) AS expected
        FROM rewards_participation AS participation
        FULL JOIN (
            SELECT campaign_id, customer_id, round, sum(points)::bigint AS points FROM {_PARTS} AS part GROUP BY 1, 2, 3
        ) AS decided ON decided.campaign_id = participation.campaign_id
            AND decided.customer_id = participation.customer_id AND decided.round = participation.round
        WHERE COALESCE(participation.points, 0) <> COALESCE(decided.points, 0)
        """,  # noqa: S608 (its parts are ours)
    ),
    Invariant(
        "I-34",
        "goals_are_reached_once",
        "That somebody reached a campaign's goal is evaluated exactly once for each round.",
        """
        SELECT 'rewards_campaign' AS "table", COALESCE(completed.campaign_id, decided.campaign_id) AS id,
            COALESCE(completed.customer_id, decided.customer_id) AS customer, decided.times AS found,
            completed.rounds AS expected
        FROM (
            SELECT campaign_id, customer_id, count(*) AS rounds FROM rewards_participation
            WHERE completed_at IS NOT NULL GROUP BY 1, 2
        ) AS completed
        FULL JOIN (
            SELECT subject_id AS campaign_id, customer_id, count(*) AS times FROM rewards_evaluation
            WHERE trigger = 'campaign.completed' GROUP BY 1, 2
        ) AS decided ON decided.campaign_id = completed.campaign_id AND decided.customer_id = completed.customer_id
        WHERE completed.rounds IS DISTINCT FROM decided.times
        """,
    ),
    Invariant(
        "I-33",
        "badges_are_decided",
        "A customer has a badge because a decision awarded it, and whatever was awarded, and waits for no review of a"
        " referral, they have or had.",
        f"""
        SELECT 'rewards_badgeaward' AS "table", COALESCE(held.id, award.evaluations[1]) AS id,
            held.evaluation_id AS found, award.evaluations AS expected
        FROM (
            SELECT badge.id, badge.customer_id, badge.evaluation_id, known.code
            FROM rewards_badgeaward AS badge JOIN rewards_badge AS known ON known.id = badge.badge_id
        ) AS held
        FULL JOIN (
            SELECT customer_id, option AS code, array_agg(evaluation_id) AS evaluations FROM {AWARDS} AS award
            WHERE kind = 'badge' AND NOT {IS_UNTOLD} GROUP BY 1, 2
        ) AS award ON award.customer_id = held.customer_id AND award.code = held.code
        WHERE (held.evaluation_id = ANY (award.evaluations)) IS NOT TRUE
        """,  # noqa: S608 (its parts are ours)
    ),
)
