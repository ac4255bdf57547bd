"""Referrals, codes and clicks falsified: what the proof must find."""

from tests.config.tampering import Tampering

REFERRALS = [
    Tampering(
        "referral_history",
        "referrals",
        "DELETE FROM referrals_referralmove WHERE status = 'reversed' RETURNING referral_id",
    ),
    Tampering(
        "rejections_are_decided",
        "referrals",
        "UPDATE referrals SET risk = 'released' WHERE id = (SELECT min(id) FROM referrals) RETURNING id",
    ),
    Tampering(
        "code_uses_are_counted",
        "referrals_referralcode",
        "UPDATE referrals_referralcode SET is_main = false, uses_max = 9"
        " WHERE id = (SELECT min(referral_link_id) FROM referrals) RETURNING id",
    ),
    Tampering(
        "friends_came_by_links_of_their_code",
        "referrals",
        "INSERT INTO referrals_sharelink (uuid, merchant_id, code_id, channel, created_at)"
        " SELECT gen_random_uuid(), merchant_id, 0, 'sms', now() FROM referrals LIMIT 1;"
        "UPDATE referrals SET share_link_id = (SELECT id FROM referrals_sharelink)"
        " WHERE id = (SELECT min(id) FROM referrals) RETURNING id",
    ),
    Tampering(
        "clicks_are_folded",
        "referrals_click",
        "INSERT INTO referrals_click (merchant_id, link_id, visitor_hash, address_hash, device, clicked_at)"
        " SELECT id, 0, '', '', 'phone', now() - interval '59 min' FROM referrals_merchant;"
        "INSERT INTO referrals_click (merchant_id, link_id, visitor_hash, address_hash, device, clicked_at)"
        " SELECT id, 0, '', '', 'phone', now() FROM referrals_merchant RETURNING id",
    ),
    Tampering(
        "reviews_are_waited_for",
        "rewards_grant",
        "UPDATE rewards_grant SET state = 'waiting'"
        " WHERE id = (SELECT min(id) FROM rewards_grant WHERE state = 'issued') RETURNING id",
    ),
]
