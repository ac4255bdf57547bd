"""Campaigns and badges falsified: what the proof must find."""

from tests.config.tampering import Tampering

CAMPAIGNS = [
    Tampering(
        "campaign_budgets_are_used",
        "rewards_campaign",
        "UPDATE rewards_campaign SET given = given + 1 WHERE code = 'friends' RETURNING id",
    ),
    Tampering(
        "participations_add_up",
        "rewards_participation",
        "UPDATE rewards_participation SET points = points + 1 WHERE points > 0 RETURNING id",
    ),
    Tampering(
        "goals_are_reached_once",
        "rewards_campaign",
        "UPDATE rewards_participation SET completed_at = NULL WHERE completed_at IS NOT NULL RETURNING campaign_id",
    ),
    Tampering(
        "badges_are_decided",
        "rewards_badgeaward",
        "DELETE FROM rewards_badgeaward WHERE customer_id = @alice RETURNING evaluation_id",
    ),
]
