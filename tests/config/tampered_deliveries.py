"""Redemptions and their delivery, falsified: what the proof must find."""

from tests.config.tampering import Tampering

A_REDEMPTION = "(SELECT id FROM fulfillment_redemption WHERE key = 'wish:{}')"


def wish(code):
    """The redemption of something."""
    return A_REDEMPTION.format(code)


DELIVERIES = [
    Tampering(
        "redemptions_have_their_stock",
        "fulfillment_redemption",
        "UPDATE rewards_taking SET given_back_at = NULL"
        " WHERE given_back_at IS NOT NULL AND key NOT LIKE 'session:%';"
        f"UPDATE rewards_rewardoption SET stock_taken = stock_taken + 1 WHERE code = 'vase'; SELECT {wish('vase')}",
    ),
    Tampering(
        "redemptions_are_paid_once",
        "fulfillment_redemption",
        "UPDATE fulfillment_redemption SET points = 99, unit_points = 99 WHERE key = 'wish:tasting' RETURNING id",
    ),
    Tampering(
        "redemptions_have_their_history",
        "fulfillment_redemption",
        f"DELETE FROM fulfillment_statusmove WHERE to_status = 'approved' AND redemption_id = {wish('parcel')}"
        " RETURNING redemption_id",
    ),
    Tampering(
        "redemptions_tell",
        "fulfillment_redemption",
        f"DELETE FROM referrals_event WHERE type = 'redemption.rejected' AND subject_id = {wish('vase')}"
        " RETURNING subject_id",
    ),
    Tampering(
        "codes_are_shown_when_fulfilled",
        "fulfillment_redemption",
        f"UPDATE rewards_coupon SET state = 'reserved', handed_out_at = NULL WHERE key <> ''; SELECT {wish('card')}",
    ),
    Tampering(
        "redeemed_grants_were_paid",
        "rewards_grant",
        "UPDATE rewards_grant SET key = 'redemption:' || gen_random_uuid() WHERE evaluation_id IS NULL RETURNING id",
    ),
    Tampering(
        "delivered_by_a_technician",
        "fulfillment_redemption",
        "DELETE FROM fulfillment_assignment RETURNING redemption_id",
    ),
    Tampering(
        "nobody_delivers_to_themselves",
        "fulfillment_assignment",
        "UPDATE fulfillment_technician SET user_id = (SELECT user_id FROM referrals_customer WHERE id = @gwen);"
        "SELECT id FROM fulfillment_assignment",
    ),
    Tampering(
        "rewards_lower_bills_as_promised",
        "fulfillment_repairreward",
        "UPDATE fulfillment_repairreward SET price_after = 9999 RETURNING id",
    ),
    Tampering(
        "bills_follow_from_their_rewards",
        "fulfillment_servicerecord",
        "UPDATE fulfillment_servicerecord SET amount = 19999 RETURNING id",
    ),
    Tampering("slots_count_their_places", "fulfillment_slot", "UPDATE fulfillment_slot SET taken = 0 RETURNING id"),
    Tampering(
        "appointments_are_of_their_reward",
        "fulfillment_appointment",
        "UPDATE fulfillment_slot SET option_id = (SELECT id FROM rewards_rewardoption WHERE code = 'card');"
        "SELECT id FROM fulfillment_appointment",
    ),
    Tampering(
        "parcels_are_sent_once_fulfilled",
        "fulfillment_redemption",
        "UPDATE fulfillment_shipment SET sent_at = NULL, carrier = '', tracking = '' RETURNING redemption_id",
    ),
]

AND_MORE_OF_DELIVERIES = [
    Tampering(
        "fulfilled_is_spent",
        "fulfillment_redemption",
        f"UPDATE credits_entry SET source_id = 0 WHERE source_type = 'redemption' AND source_id = {wish('card')};"
        f"SELECT {wish('card')} UNION SELECT 0",
    ),
]
