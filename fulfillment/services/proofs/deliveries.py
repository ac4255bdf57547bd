"""What is always true of how redemptions are delivered: by whom, when, and what it does to a bill."""

from config.lib.proof import Invariant

INVARIANTS = (
    Invariant(
        "I-24",
        "delivered_by_a_technician",
        "What needs a technician is fulfilled by the job of one, and by nothing else; what is approved has open jobs.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.status, jobs.done, jobs.open
        FROM fulfillment_redemption AS redemption
        LEFT JOIN (
            SELECT redemption_id, count(*) FILTER (WHERE state = 'done') AS done,
                count(*) FILTER (WHERE state = 'open') AS open
            FROM fulfillment_assignment GROUP BY redemption_id
        ) AS jobs ON jobs.redemption_id = redemption.id
        WHERE COALESCE(jobs.done, 0) <> (redemption.needs_technician AND redemption.status = 'fulfilled')::int
            OR (COALESCE(jobs.open, 0) > 0 AND (redemption.status <> 'approved' OR NOT redemption.needs_technician))
        """,
    ),
    Invariant(
        "I-24",
        "nobody_delivers_to_themselves",
        "A job is never that of a technician who is the customer.",
        """
        SELECT 'fulfillment_assignment' AS "table", assignment.id
        FROM fulfillment_assignment AS assignment
        JOIN fulfillment_technician AS technician ON technician.id = assignment.technician_id
        JOIN fulfillment_redemption AS redemption ON redemption.id = assignment.redemption_id
        JOIN referrals_customer AS customer ON customer.id = redemption.customer_id
        WHERE customer.user_id = technician.user_id
        """,
    ),
    Invariant(
        "I-25",
        "rewards_lower_bills_as_promised",
        "A reward that was applied to a job is of the kind that it says, is fulfilled, and lowers the price by that.",
        """
        SELECT 'fulfillment_repairreward' AS "table", applied.id, applied.category, applied.price_before,
            applied.price_after AS found
        FROM fulfillment_repairreward AS applied
        JOIN fulfillment_redemption AS redemption ON redemption.id = applied.redemption_id
        JOIN rewards_rewardoption AS option ON option.id = redemption.option_id
        JOIN rewards_rewardtype AS type ON type.id = option.reward_type_id
        WHERE type.category <> applied.category OR redemption.status <> 'fulfilled'
            OR applied.price_after <> CASE applied.discount_type
                WHEN 'free' THEN 0
                WHEN 'percentage' THEN applied.price_before - applied.price_before * applied.discount_value / 100
                WHEN 'fixed' THEN GREATEST(applied.price_before - applied.discount_value, 0)
                ELSE applied.price_before END
        """,
    ),
    Invariant(
        "I-25",
        "bills_follow_from_their_rewards",
        "A job's rewards follow each other from its amount to its price, and that is what was settled.",
        """
        SELECT 'fulfillment_servicerecord' AS "table", record.id, record.amount, record.final_amount AS found,
            priced.price AS expected
        FROM fulfillment_servicerecord AS record
        LEFT JOIN (
            SELECT service_record_id, (array_agg(price_after ORDER BY id DESC))[1] AS price,
                (array_agg(price_before ORDER BY id))[1] AS first, bool_and(follows) AS follows
            FROM (
                SELECT *, COALESCE(
                    price_before = lag(price_after) OVER (PARTITION BY service_record_id ORDER BY id), TRUE
                ) AS follows
                FROM fulfillment_repairreward
            ) AS applied
            GROUP BY service_record_id
        ) AS priced ON priced.service_record_id = record.id
        WHERE priced.first <> record.amount OR NOT priced.follows
            OR record.final_amount <> COALESCE(priced.price, record.amount)
        """,
    ),
    Invariant(
        "I-20",
        "slots_count_their_places",
        "The places of a slot that are taken are those of its appointments.",
        """
        SELECT 'fulfillment_slot' AS "table", slot.id, slot.taken AS found, COALESCE(booked.places, 0) AS expected
        FROM fulfillment_slot AS slot
        LEFT JOIN (
            SELECT slot_id, sum(places) AS places FROM fulfillment_appointment WHERE state <> 'cancelled'
            GROUP BY slot_id
        ) AS booked ON booked.slot_id = slot.id
        WHERE slot.taken <> COALESCE(booked.places, 0)
        """,
    ),
    Invariant(
        "I-20",
        "appointments_are_of_their_reward",
        "An appointment is for the reward of its slot, and is booked while the redemption lives.",
        """
        SELECT 'fulfillment_appointment' AS "table", appointment.id, appointment.state, redemption.status
        FROM fulfillment_appointment AS appointment
        JOIN fulfillment_slot AS slot ON slot.id = appointment.slot_id
        JOIN fulfillment_redemption AS redemption ON redemption.id = appointment.redemption_id
        WHERE slot.option_id <> redemption.option_id
            OR (appointment.state = 'booked' AND redemption.status NOT IN ('pending', 'approved'))
            OR (appointment.state = 'kept' AND redemption.status <> 'fulfilled')
        """,
    ),
    Invariant(
        "I-23",
        "parcels_are_sent_once_fulfilled",
        "A parcel is sent exactly when its redemption is fulfilled.",
        """
        SELECT 'fulfillment_redemption' AS "table", redemption.id, redemption.status, shipment.sent_at
        FROM fulfillment_redemption AS redemption
        LEFT JOIN fulfillment_shipment AS shipment ON shipment.redemption_id = redemption.id
        WHERE (redemption.shipping_required AND redemption.status = 'fulfilled') <> (shipment.sent_at IS NOT NULL)
        """,
    ),
)
