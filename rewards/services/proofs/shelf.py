"""Stock, coupons, sessions at the checkout, and partners: what is promised is held, once, and counted."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-20",
        "stock_is_counted",
        "What is gone of a reward option is what was taken of it and not given back.",
        """
        SELECT 'rewards_rewardoption' AS "table", option.id, option.stock_taken AS found,
            COALESCE(taken.quantity, 0) AS expected
        FROM rewards_rewardoption AS option
        LEFT JOIN (
            SELECT option_id, sum(quantity)::bigint AS quantity FROM rewards_taking
            WHERE given_back_at IS NULL GROUP BY option_id
        ) AS taken ON taken.option_id = option.id
        WHERE option.stock_taken <> COALESCE(taken.quantity, 0)
        """,
    ),
    Invariant(
        "I-20",
        "coupons_are_counted",
        "A pool knows how many of its codes are free.",
        """
        SELECT 'rewards_couponpool' AS "table", pool.id, pool.free AS found, COALESCE(free.codes, 0) AS expected
        FROM rewards_couponpool AS pool
        LEFT JOIN (
            SELECT pool_id, count(*) AS codes FROM rewards_coupon WHERE state = 'free' GROUP BY pool_id
        ) AS free ON free.pool_id = pool.id
        WHERE pool.free <> COALESCE(free.codes, 0)
        """,
    ),
    Invariant(
        "I-22",
        "sessions_hold_their_points",
        "An open session holds its points; one that was bought has taken them all, and another none.",
        """
        SELECT 'rewards_purchasesession' AS "table", session.id, session.state, hold.state AS hold,
            hold.points AS found, session.points AS expected
        FROM rewards_purchasesession AS session
        LEFT JOIN credits_hold AS hold
            ON hold.merchant_id = session.merchant_id AND hold.key = 'session:' || session.uuid
        WHERE session.points <> COALESCE(hold.points, 0) OR (hold.id IS NOT NULL AND NOT CASE session.state
            WHEN 'completed' THEN hold.state = 'captured' AND hold.captured_points = hold.points
            WHEN 'open' THEN hold.state = 'open' OR (hold.state = 'lapsed' AND session.expires_at <= %(now)s)
            ELSE hold.state IN ('released', 'lapsed') END)
        """,
    ),
    Invariant(
        "I-22",
        "sessions_reserve_their_grants",
        "A grant is reserved for the open session that uses it, for as many as it uses, and for no other.",
        """
        SELECT 'rewards_grant' AS "table", COALESCE(reserved.id, used.id) AS id,
            COALESCE(reserved.quantity, 0) AS found, COALESCE(used.quantity, 0) AS expected
        FROM (
            SELECT id, reserved_for, reserved_quantity AS quantity FROM rewards_grant
            WHERE state = 'reserved' AND reserved_for LIKE 'session:%%'
        ) AS reserved
        FULL JOIN (
            SELECT given.id, 'session:' || session.uuid AS session, used.value::bigint AS quantity
            FROM rewards_purchasesession AS session
            CROSS JOIN LATERAL jsonb_each_text(session.quote -> 'grants') AS used
            JOIN rewards_grant AS given ON given.uuid = used.key::uuid
            WHERE session.state = 'open'
        ) AS used ON used.id = reserved.id AND used.session = reserved.reserved_for
        WHERE reserved.quantity IS DISTINCT FROM used.quantity
        """,
    ),
    Invariant(
        "I-21",
        "sessions_take_what_they_redeem",
        "What a session redeems, or uses of a grant of which there are only so many, was taken for it and for nothing"
        " else, and is given back if it was not bought.",
        """
        SELECT 'rewards_purchasesession' AS "table", session.id, session.state, wanted.option_id,
            taking.quantity AS found, wanted.quantity AS expected
        FROM rewards_purchasesession AS session
        CROSS JOIN LATERAL (
            SELECT option.id AS option_id, redeemed.quantity, '' AS by
            FROM jsonb_to_recordset(session.quote -> 'redeemed') AS redeemed (option text, quantity bigint)
            JOIN rewards_rewardoption AS option
                ON option.merchant_id = session.merchant_id AND option.code = redeemed.option
            UNION ALL
            SELECT given.option_id, (session.quote -> 'grants' ->> given.uuid::text)::bigint, ':' || given.id
            FROM jsonb_array_elements(COALESCE(session.quote -> 'granted', '[]')) AS granted
            JOIN rewards_grant AS given ON given.id = (granted ->> 1)::bigint
        ) AS wanted
        LEFT JOIN rewards_taking AS taking ON taking.merchant_id = session.merchant_id
            AND taking.key = 'session:' || session.uuid || ':' || wanted.option_id || wanted.by
            AND taking.option_id = wanted.option_id
        WHERE taking.quantity IS DISTINCT FROM wanted.quantity
            OR (taking.given_back_at IS NULL AND session.state IN ('cancelled', 'expired'))
            OR (taking.given_back_at IS NOT NULL AND session.state = 'open')
        """,
    ),
    Invariant(
        "I-26",
        "codes_are_handed_out_for_what_was_bought",
        "A code is reserved while a session is open, handed out once it was bought, and free again otherwise.",
        """
        SELECT 'rewards_coupon' AS "table", coupon.id, coupon.state AS found, session.state AS session
        FROM rewards_coupon AS coupon
        JOIN rewards_purchasesession AS session ON session.merchant_id = coupon.merchant_id
            AND session.uuid = substring(coupon.key FROM '^session:([0-9a-f-]{36}):')::uuid
        WHERE coupon.key LIKE 'session:%%' AND NOT CASE session.state
            WHEN 'open' THEN coupon.state = 'reserved'
            WHEN 'completed' THEN coupon.state IN ('handed_out', 'void')
            ELSE coupon.state = 'void' END
        """,
    ),
    Invariant(
        "I-26",
        "sessions_become_the_purchase_they_priced",
        "The purchase of a session is its customer's, and what was paid for it is what the session said.",
        """
        SELECT 'rewards_purchasesession' AS "table", session.id, purchase.total AS found,
            session.goods - session.points_value AS expected
        FROM rewards_purchasesession AS session
        JOIN referrals_purchase AS purchase ON purchase.id = session.purchase_id
        WHERE purchase.total <> session.goods - session.points_value
            OR purchase.customer_id <> session.customer_id OR purchase.merchant_id <> session.merchant_id
        """,
    ),
    Invariant(
        "I-41",
        "settlements_add_up",
        "A partner is owed what customers had of it and did not give back, at the price of its day.",
        """
        SELECT 'rewards_settlement' AS "table", settlement.id, settlement.amount AS found,
            COALESCE(had.amount, 0) - COALESCE(back.amount, 0) AS expected
        FROM rewards_settlement AS settlement
        LEFT JOIN (
            SELECT settlement_id, sum(quantity * unit_cost)::bigint AS amount FROM rewards_taking GROUP BY settlement_id
        ) AS had ON had.settlement_id = settlement.id
        LEFT JOIN (
            SELECT deduction_id, sum(quantity * unit_cost)::bigint AS amount FROM rewards_taking GROUP BY deduction_id
        ) AS back ON back.deduction_id = settlement.id
        WHERE settlement.amount <> COALESCE(had.amount, 0) - COALESCE(back.amount, 0)
        """,
    ),
)
