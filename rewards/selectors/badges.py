"""Which badges customers have."""

from typing import Any

from rewards.models.badges import BadgeAward


def badges_of(customer_id: int) -> list[dict[str, Any]]:
    """The badges of a customer as they are shown."""
    awards = BadgeAward.objects.filter(customer=customer_id, revoked_at=None).select_related("badge")
    return [
        {
            "id": award.badge.code,
            "name": award.badge.name,
            "description": award.badge.description,
            "awarded_at": award.awarded_at,
        }
        for award in awards.order_by("awarded_at", "id")
    ]
