"""Which badges customers have."""

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from referrals.models.customers import Customer
from rewards.models.badges import Badge, BadgeAward


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


def badges_to_show(*, customer: Customer) -> QuerySet[Badge]:
    """The badges that a customer has, each with its `awarded_at`, the first one first; then those still to be had."""
    awards = BadgeAward.objects.filter(customer=customer, badge=OuterRef("pk"), revoked_at=None)
    badges = Badge.objects.filter(merchant=customer.merchant_id).annotate(
        awarded_at=Subquery(awards.values("awarded_at"))
    )
    shown = badges.filter(Q(is_active=True) | Q(awarded_at__isnull=False))
    return shown.order_by(F("awarded_at").asc(nulls_last=True), "code")
