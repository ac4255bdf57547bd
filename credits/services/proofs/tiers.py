"""What is always true of tiers."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-32",
        "qualifying_sums",
        "A customer's claim to a tier is the sum of its dated parts.",
        """
        SELECT 'credits_account' AS "table", account.id,
            ARRAY[qualifying_spend, qualifying_orders, qualifying_points] AS found,
            ARRAY[COALESCE(parts.spend, 0), COALESCE(parts.orders, 0), COALESCE(parts.points, 0)] AS expected
        FROM credits_account AS account
        LEFT JOIN (
            SELECT account_id, sum(spend)::bigint AS spend, sum(orders)::bigint AS orders, sum(points)::bigint AS points
            FROM credits_qualifyingamount GROUP BY account_id
        ) AS parts ON parts.account_id = account.id
        WHERE (qualifying_spend, qualifying_orders, qualifying_points)
            <> (COALESCE(parts.spend, 0), COALESCE(parts.orders, 0), COALESCE(parts.points, 0))
        """,
    ),
    Invariant(
        "I-32",
        "tier_moves_chain",
        "Every move to a tier begins where and not before the one before it ended, within one wallet.",
        """
        SELECT 'credits_tiermove' AS "table", move.id, move.from_tier_id AS found, move.previous AS expected
        FROM (
            SELECT *, lag(to_tier_id) OVER of_account AS previous, lag(effective_at) OVER of_account AS previous_at
            FROM credits_tiermove WINDOW of_account AS (PARTITION BY account_id ORDER BY id)
        ) AS move
        JOIN credits_account AS account ON account.id = move.account_id
        LEFT JOIN credits_tier AS tier ON tier.id = move.to_tier_id
        WHERE (move.previous IS NOT NULL AND move.from_tier_id IS DISTINCT FROM move.previous)
            OR move.effective_at < move.previous_at OR tier.wallet_id IS DISTINCT FROM account.wallet_id
        """,
    ),
    Invariant(
        "I-32",
        "tier_is_where_the_last_move_led",
        "A customer is in the tier of their last move, and before it in none, or in one that asks for nothing.",
        """
        SELECT 'credits_account' AS "table", account.id, account.tier_id AS found, move.to_tier_id AS expected,
            account.tier_since, move.effective_at
        FROM credits_account AS account
        LEFT JOIN (
            SELECT DISTINCT ON (account_id) account_id, to_tier_id, effective_at
            FROM credits_tiermove ORDER BY account_id, id DESC
        ) AS move ON move.account_id = account.id
        LEFT JOIN credits_tier AS tier ON tier.id = account.tier_id
        WHERE account.tier_since IS DISTINCT FROM move.effective_at
            OR (move.to_tier_id IS NOT NULL AND account.tier_id IS DISTINCT FROM move.to_tier_id)
            OR (move.to_tier_id IS NULL AND greatest(tier.min_spend, tier.min_orders, tier.min_points) > 0)
            OR tier.wallet_id <> account.wallet_id
        """,
    ),
)
