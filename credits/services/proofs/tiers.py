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
    Invariant(
        "I-32",
        "tiers_are_what_was_reached",
        "Nobody is in a tier below the one that what they did within the window justifies, unless theirs is locked.",
        # Whoever has a review that is due, or was put into their tier by hand, rises at the review.
        """
        WITH opening AS (
            SELECT wallet.id AS wallet_id, CASE tier_window
                WHEN 'rolling_year' THEN
                    (%(now)s AT TIME ZONE time_zone - interval '12 months') AT TIME ZONE time_zone
                WHEN 'calendar_year' THEN
                    date_trunc('year', %(now)s AT TIME ZONE time_zone) AT TIME ZONE time_zone - interval '1 microsecond'
                ELSE '-infinity' END AS opens
            FROM credits_wallet AS wallet JOIN referrals_merchant AS merchant ON merchant.id = wallet.merchant_id
        ), claims AS (
            SELECT account_id, sum(spend) AS spend, sum(orders) AS orders, sum(points) AS points
            FROM credits_qualifyingamount AS amount
            JOIN credits_account AS account ON account.id = amount.account_id
            JOIN opening ON opening.wallet_id = account.wallet_id AND amount.occurred_at > opens
            GROUP BY account_id
        ), reached AS (
            SELECT account.id, max(tier.rank) AS rank
            FROM credits_account AS account
            JOIN credits_tier AS tier ON tier.wallet_id = account.wallet_id
            LEFT JOIN claims ON claims.account_id = account.id
            WHERE COALESCE(claims.spend, 0) >= min_spend AND COALESCE(claims.orders, 0) >= min_orders
                AND COALESCE(claims.points, 0) >= min_points
            GROUP BY account.id
        ), moved AS (
            SELECT DISTINCT ON (account_id) account_id, reason FROM credits_tiermove ORDER BY account_id, id DESC
        )
        SELECT 'credits_account' AS "table", account.id, tier.rank AS found, reached.rank AS expected
        FROM credits_account AS account
        JOIN credits_tier AS tier ON tier.id = account.tier_id
        JOIN reached ON reached.id = account.id AND reached.rank > tier.rank
        LEFT JOIN moved ON moved.account_id = account.id
        WHERE (tier_locked_until > %(now)s OR tier_review_at <= %(now)s OR moved.reason = 'assigned') IS NOT TRUE
        """,
    ),
    Invariant(
        "I-32",
        "tiers_are_reviewed",
        "A tier that counts for a year has a review, and so has one that is about to be lost or is locked.",
        """
        SELECT 'credits_account' AS "table", account.id, tier_review_at AS found, tier_warned_at, tier_locked_until
        FROM credits_account AS account
        JOIN credits_wallet AS wallet ON wallet.id = account.wallet_id
        JOIN credits_tier AS tier ON tier.id = account.tier_id
        WHERE (tier_review_at IS NULL AND (tier_warned_at IS NOT NULL OR tier_locked_until IS NOT NULL
                OR (tier_window <> 'lifetime' AND greatest(min_spend, min_orders, min_points) > 0)))
            OR tier_warned_at >= tier_review_at
        """,
    ),
    Invariant(
        "I-32",
        "falls_were_announced",
        "Nobody falls at a review who was not warned, and a warning leads to one fall at most.",
        """
        SELECT 'credits_account' AS "table", fallen.account_id AS id, fallen.times AS found,
            COALESCE(warned.times, 0) AS at_most
        FROM (
            SELECT account_id, count(*) AS times FROM credits_tiermove WHERE reason = 'reviewed' GROUP BY account_id
        ) AS fallen
        LEFT JOIN (
            SELECT subject_id, count(*) AS times FROM referrals_event
            WHERE subject_type = 'account' AND type = 'tier.expiring' GROUP BY subject_id
        ) AS warned ON warned.subject_id = fallen.account_id
        WHERE fallen.times > COALESCE(warned.times, 0)
        """,
    ),
)
