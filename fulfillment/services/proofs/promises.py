"""What is always true of points, stock, codes and grants that redemptions have promised, taken or given back."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-20",
        "redemptions_have_their_stock",
        "What a redemption asks for was taken off the shelf, and is given back if it was rejected or cancelled.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.status, redemption.quantity AS expected,
            taking.quantity AS found, taking.given_back_at
        FROM fulfillment_redemption AS redemption
        LEFT JOIN rewards_taking AS taking ON taking.merchant_id = redemption.merchant_id
            AND taking.key = 'redemption:' || redemption.uuid
        WHERE taking.id IS NULL OR taking.quantity <> redemption.quantity OR taking.option_id <> redemption.option_id
            OR taking.customer_id <> redemption.customer_id
            OR (taking.given_back_at IS NULL) = (redemption.status IN ('rejected', 'cancelled'))
        """,
    ),
    Invariant(
        "I-21",
        "redemptions_are_paid_once",
        "A redemption holds its price while it lives; it is spent when it is fulfilled, and free again otherwise.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.status, hold.state AS found,
            redemption.points AS expected, hold.points AS held
        FROM fulfillment_redemption AS redemption
        JOIN credits_hold AS hold ON hold.id = redemption.hold_id
        JOIN credits_account AS account ON account.id = hold.account_id
        WHERE hold.points <> redemption.points OR account.customer_id <> redemption.customer_id
            OR hold.key <> 'redemption:' || redemption.uuid
            OR (redemption.status = 'fulfilled' AND hold.captured_points <> redemption.points)
            OR hold.state <> CASE redemption.status
                WHEN 'fulfilled' THEN 'captured' WHEN 'rejected' THEN 'released' WHEN 'cancelled' THEN 'released'
                ELSE 'open' END
        """,
    ),
    Invariant(
        "I-21",
        "fulfilled_is_spent",
        "What was fulfilled for points is one entry of that many, and nothing else of a redemption is an entry.",
        """
        SELECT 'fulfillment_redemption' AS "table", COALESCE(redemption.id, entry.source_id) AS id,
            -redemption.points AS expected, entry.points AS found
        FROM (
            SELECT * FROM fulfillment_redemption WHERE status = 'fulfilled' AND points > 0
        ) AS redemption
        FULL JOIN (
            SELECT entry.*, account.customer_id FROM credits_entry AS entry
            JOIN credits_account AS account ON account.id = entry.account_id
            WHERE entry.source_type = 'redemption' AND entry.key LIKE 'redemption:%%'
        ) AS entry ON entry.key = 'redemption:' || redemption.uuid AND entry.source_id = redemption.id
            AND entry.customer_id = redemption.customer_id
        WHERE entry.id IS NULL OR redemption.id IS NULL OR entry.points <> -redemption.points
            OR entry.kind <> 'redeemed'
        """,
    ),
    Invariant(
        "I-23",
        "redemptions_have_their_history",
        "Every step of a redemption stands in its history, from being asked for to where it is, and no other.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.status, moves.found
        FROM fulfillment_redemption AS redemption
        LEFT JOIN (
            SELECT redemption_id, string_agg(from_status || '>' || to_status, ' ' ORDER BY id) AS found
            FROM fulfillment_statusmove GROUP BY redemption_id
        ) AS moves ON moves.redemption_id = redemption.id
        WHERE moves.found IS NULL OR moves.found NOT IN (
            '>pending' || CASE redemption.status WHEN 'pending' THEN '' ELSE ' pending>' || redemption.status END,
            '>pending pending>approved'
                || CASE redemption.status WHEN 'approved' THEN '' ELSE ' approved>' || redemption.status END)
            OR (redemption.status = 'fulfilled' AND moves.found NOT LIKE '%%pending>approved%%')
        """,
    ),
    Invariant(
        "I-17",
        "redemptions_tell",
        "A redemption has an event for every step, numbered without gaps.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.event_sequence AS expected,
            COALESCE(told.events, 0) AS found
        FROM fulfillment_redemption AS redemption
        LEFT JOIN (
            SELECT subject_id, count(*) AS events, max(sequence) AS last,
                array_agg(type) AS types
            FROM referrals_event WHERE subject_type = 'redemption' GROUP BY subject_id
        ) AS told ON told.subject_id = redemption.id
        WHERE COALESCE(told.events, 0) <> redemption.event_sequence OR told.last <> redemption.event_sequence
            OR NOT 'redemption.' || redemption.status = ANY (told.types)
        """,
    ),
    Invariant(
        "I-26",
        "codes_are_shown_when_fulfilled",
        "The codes of a redemption are as many as it asked for, and known to nobody before it is fulfilled.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.status, redemption.quantity AS expected,
            count(*) AS found, bool_or(coupon.state = 'handed_out') AS known
        FROM rewards_coupon AS coupon
        JOIN fulfillment_redemption AS redemption ON redemption.merchant_id = coupon.merchant_id
            AND coupon.key = 'redemption:' || redemption.uuid
        GROUP BY redemption.id
        HAVING count(*) <> redemption.quantity OR redemption.status IN ('rejected', 'cancelled')
            OR bool_or(coupon.state = 'handed_out') <> (redemption.status = 'fulfilled')
            OR bool_or(coupon.customer_id <> redemption.customer_id)
        """,
    ),
    Invariant(
        "I-21",
        "redeemed_grants_were_paid",
        "A grant that no policy gave is what a fulfilled redemption of the customer bought.",
        """
        SELECT 'rewards_grant' AS "table", given.id, given.key, redemption.status
        FROM rewards_grant AS given
        LEFT JOIN fulfillment_redemption AS redemption ON given.merchant_id = redemption.merchant_id
            AND given.key = 'redemption:' || redemption.uuid
        WHERE given.evaluation_id IS NULL AND (redemption.status, redemption.customer_id, redemption.option_id,
            redemption.quantity) IS DISTINCT FROM ('fulfilled', given.customer_id, given.option_id, given.quantity)
        """,
    ),
)
