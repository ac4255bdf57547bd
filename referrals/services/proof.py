"""What is always true on the ground floor."""

from config.lib.guards import guards
from config.lib.proof import Figures, Invariant
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund

INVARIANTS = (
    *guards("referrals", ledger=[Payment, Purchase, Refund]),
    Invariant(
        "I-14",
        "conflicts_recorded",
        "A message that contradicts what is known is counted as a conflict and applied never.",
        """
        SELECT 'referrals_inboundevent' AS "table", id, refused, conflict_count, last_conflict_at
        FROM referrals_inboundevent
        WHERE conflict_count < 0 OR (conflict_count > 0) <> (last_conflict_at IS NOT NULL)
            OR (refused AND conflict_count = 0)
        """,
    ),
    Invariant(
        "I-15",
        "events_have_purchases",
        "Every event that was not refused has its purchase, and every purchase came by such an event.",
        """
        SELECT CASE WHEN purchase.id IS NULL THEN 'referrals_inboundevent' ELSE 'referrals_purchase' END AS "table",
            COALESCE(purchase.id, event.id) AS id, COALESCE(purchase.order_id, event.order_id) AS order_id
        FROM referrals_purchase AS purchase
        FULL JOIN (SELECT * FROM referrals_inboundevent WHERE NOT refused) AS event
            ON event.merchant_id = purchase.merchant_id AND event.order_id = purchase.order_id
        WHERE purchase.id IS NULL OR event.id IS NULL
        """,
    ),
    Invariant(
        "I-19",
        "own_activities_are_named",
        "What Grapevine records itself is named by its kind and its customer, so that it cannot be recorded twice.",
        """
        SELECT 'referrals_activity' AS "table", activity.id, activity_id AS found, customer.uuid AS customer
        FROM referrals_activity AS activity JOIN referrals_customer AS customer ON customer.id = activity.customer_id
        WHERE source = 'grapevine' AND activity_id !~ ('^' || kind || '(:[0-9]{4})?:' || customer.uuid || '$')
        """,
    ),
    Invariant(
        "I-19",
        "birthdays_come_once_a_year",
        "A customer's birthdays are most of a year apart, whatever becomes of their birthday or of the time zone.",
        """
        SELECT 'referrals_activity' AS "table", id, occurred_at AS found, before AS expected_later_than
        FROM (
            SELECT id, occurred_at, lag(occurred_at) OVER (PARTITION BY customer_id ORDER BY occurred_at, id) AS before
            FROM referrals_activity WHERE kind = 'birthday'
        ) AS birthday
        WHERE occurred_at < before + interval '290 days'
        """,
    ),
    Invariant(
        "I-17",
        "referral_events",
        "A referral's events are numbered without gaps, as far as the referral says, and it joined once if it did.",
        """
        SELECT 'referrals' AS "table", COALESCE(referral.id, told.subject_id) AS id, referral.event_sequence AS found,
            told.last AS expected, told.events, told.joined
        FROM referrals AS referral
        FULL JOIN (
            SELECT subject_id, max(sequence) AS last, count(*) AS events,
                count(*) FILTER (WHERE type = 'referral.joined') AS joined
            FROM referrals_event WHERE subject_type = 'referral' GROUP BY subject_id
        ) AS told ON told.subject_id = referral.id
        WHERE (referral.event_sequence, referral.event_sequence, (referral.joined_at IS NOT NULL)::int)
            IS DISTINCT FROM (last, events, joined)
        """,
    ),
    Invariant(
        "I-06",
        "referral_events_stay_in_their_merchant",
        "An event about a referral belongs to the merchant of the referral.",
        """
        SELECT 'referrals_event' AS "table", event.id, event.merchant_id AS found, referral.merchant_id AS expected
        FROM referrals_event AS event JOIN referrals AS referral ON referral.id = event.subject_id
        WHERE event.subject_type = 'referral' AND event.merchant_id <> referral.merchant_id
        """,
    ),
    Invariant(
        "I-28",
        "referrals_join_two",
        "A referral joins two people of one merchant, by a code of the one who referred.",
        """
        SELECT 'referrals' AS "table", referral.id, referral.referrer_id AS found, code.customer_id AS expected,
            referral.customer_id AS referee
        FROM referrals AS referral
        LEFT JOIN referrals_referralcode AS code ON code.id = referral.referral_link_id
        WHERE referral.referrer_id = referral.customer_id OR referral.referrer_id IS DISTINCT FROM code.customer_id
        """,
    ),
    Invariant(
        "I-29",
        "referral_dates",
        "A referral has a date for each step that it has taken.",
        """
        SELECT 'referrals' AS "table", id, status, qualified_at, rewarded_at, reversed_at
        FROM referrals
        WHERE (status IN ('pending', 'joined', 'expired') AND qualified_at IS NOT NULL AND reversed_at IS NULL)
            OR (status = 'qualified' AND rewarded_at IS NOT NULL AND risk <> 'held')
            OR (status IN ('qualified', 'rewarded', 'reversed') AND qualified_at IS NULL)
            OR (status = 'pending') > (joined_at IS NULL) OR joined_at < claimed_at
            OR (status = 'rewarded' AND rewarded_at IS NULL)
            OR (status = 'reversed' AND reversed_at IS NULL)
        """,
    ),
    Invariant(
        "I-17",
        "referral_history",
        "Every step of a referral that was told is in its history, and the last one left it where it stands.",
        """
        SELECT 'referrals' AS "table", referral.id, referral.status AS found, last.status AS expected,
            referral.event_sequence, moves
        FROM referrals AS referral
        LEFT JOIN (
            SELECT referral_id, max(sequence) AS last, count(*) AS moves
            FROM referrals_referralmove GROUP BY referral_id
        ) AS history ON history.referral_id = referral.id
        LEFT JOIN referrals_referralmove AS last ON last.referral_id = referral.id AND last.sequence = history.last
        WHERE (referral.event_sequence, referral.event_sequence, referral.status)
            IS DISTINCT FROM (history.last, moves, last.status)
        """,
    ),
    Invariant(
        "I-31",
        "rejections_are_decided",
        "A referral is rejected exactly if the last decision about it says so, and held only if too much stands out.",
        """
        SELECT 'referrals' AS "table", referral.id, status AS found, decision.verdict AS expected, risk, risk_score
        FROM referrals AS referral
        LEFT JOIN (
            SELECT DISTINCT ON (referral_id) referral_id, verdict FROM referrals_riskdecision
            ORDER BY referral_id, id DESC
        ) AS decision ON decision.referral_id = referral.id
        WHERE (status = 'rejected') <> (verdict IS NOT DISTINCT FROM 'rejected')
            OR (risk = 'released') <> (verdict IS NOT DISTINCT FROM 'released')
            OR (risk = 'held' AND NOT EXISTS (
                SELECT FROM referrals_risksignal AS signal
                WHERE signal.referee_id = referral.customer_id AND signal.referrer_id = referral.referrer_id
                    AND NOT blocks))
        """,
    ),
    Invariant(
        "I-29",
        "refunds_within_paid",
        "Refunds pay back no more than was paid, of no line more items than were sold, and of its own order.",
        """
        SELECT 'referrals_purchase' AS "table", purchase.id, purchase.total AS at_most, back.amount AS found
        FROM referrals_purchase AS purchase
        JOIN (
            SELECT purchase_id, sum(amount)::bigint AS amount, bool_or(in_lines > amount) AS is_odd,
                array_agg(order_id) FILTER (WHERE order_id <> '') AS orders
            FROM (SELECT *, COALESCE((
                    SELECT sum(part.amount) FROM jsonb_to_recordset(lines) AS part (amount bigint)
                ), 0) AS in_lines FROM referrals_refund WHERE purchase_id IS NOT NULL) AS refund
            GROUP BY purchase_id
        ) AS back ON back.purchase_id = purchase.id
        WHERE back.amount > purchase.total OR is_odd OR purchase.order_id <> ALL (orders)
            OR EXISTS (
                SELECT FROM referrals_refund AS refund
                CROSS JOIN LATERAL jsonb_to_recordset(refund.lines) AS part (line bigint, quantity bigint)
                WHERE refund.purchase_id = purchase.id GROUP BY part.line
                HAVING sum(part.quantity) > (purchase.lines -> part.line::int ->> 'quantity')::bigint)
        """,
    ),
    Invariant(
        "I-29",
        "payments_settle_what_waited",
        "A payment is on record only of a purchase that was told before it was paid.",
        """
        SELECT 'referrals_payment' AS "table", payment.id, purchase.payment_status AS found
        FROM referrals_payment AS payment JOIN referrals_purchase AS purchase ON purchase.id = payment.purchase_id
        WHERE purchase.payment_status <> 'pending'
        """,
    ),
    Invariant(
        "I-31",
        "code_uses_are_counted",
        "By a code that has a limit as many friends joined as it says.",
        """
        SELECT 'referrals_referralcode' AS "table", id, uses AS found, friends AS expected
        FROM referrals_referralcode
        LEFT JOIN (
            SELECT referral_link_id, count(*) AS friends FROM referrals GROUP BY referral_link_id
        ) AS joined ON referral_link_id = id
        WHERE uses_max IS NOT NULL AND uses <> coalesce(friends, 0)
        """,
    ),
    Invariant(
        "I-31",
        "friends_came_by_links_of_their_code",
        "The link by which a friend came is one of the code by which they joined.",
        """
        SELECT 'referrals' AS "table", referral.id, link.code_id AS found, referral.referral_link_id AS expected
        FROM referrals AS referral JOIN referrals_sharelink AS link ON link.id = referral.share_link_id
        WHERE link.code_id <> referral.referral_link_id
        """,
    ),
    Invariant(
        "I-31",
        "clicks_are_folded",
        "Clicks of one visitor on one link are an hour apart.",
        """
        SELECT 'referrals_click' AS "table", id, clicked_at AS found, before + interval '1 hour' AS expected_from
        FROM (
            SELECT id, clicked_at,
                lag(clicked_at) OVER (PARTITION BY link_id, visitor_hash ORDER BY clicked_at, id) AS before
            FROM referrals_click
        ) AS click
        WHERE clicked_at < before + interval '1 hour'
        """,
    ),
)

FIGURES = (
    Figures(
        """
        SELECT (SELECT count(*) FROM referrals_customer) AS customers,
            (SELECT count(*) FROM referrals_purchase) AS purchases,
            (SELECT count(*) FROM referrals_refund) AS refunds,
            (SELECT count(*) FROM referrals_activity) AS activities,
            (SELECT count(*) FROM referrals_refund WHERE purchase_id IS NULL AND refusal = '') AS refunds_parked,
            (SELECT count(*) FROM referrals_refund WHERE refusal <> '') AS refunds_refused,
            (SELECT count(*) FROM referrals_inboundevent WHERE conflict_count > 0) AS conflicts
        """
    ),
    Figures(
        """
        SELECT count(*) AS referrals,
            count(*) FILTER (WHERE status = 'joined') AS referrals_joined,
            count(*) FILTER (WHERE status = 'qualified') AS referrals_qualified,
            count(*) FILTER (WHERE status = 'rewarded') AS referrals_rewarded,
            count(*) FILTER (WHERE status = 'reversed') AS referrals_reversed,
            count(*) FILTER (WHERE status = 'pending') AS referrals_pending,
            count(*) FILTER (WHERE status = 'expired') AS referrals_expired,
            count(*) FILTER (WHERE status = 'rejected') AS referrals_rejected,
            count(*) FILTER (WHERE risk = 'held') AS referrals_held
        FROM referrals
        """
    ),
    # Friends who refer each other in a circle are held for a decision and not refused, so it is told.
    Figures(
        """
        SELECT count(*) AS referrals_in_circles
        FROM referrals AS first
        LEFT JOIN referrals AS second ON second.customer_id = first.referrer_id
        LEFT JOIN referrals AS third ON third.customer_id = second.referrer_id
        LEFT JOIN referrals AS fourth ON fourth.customer_id = third.referrer_id
        LEFT JOIN referrals AS fifth ON fifth.customer_id = fourth.referrer_id
        WHERE first.customer_id IN (second.referrer_id, third.referrer_id, fourth.referrer_id, fifth.referrer_id)
        """
    ),
)
