"""Which badges customers have."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from referrals.models.customers import Customer
from referrals.selectors import of_person
from rewards.models.badges import Badge, BadgeAward


def badges_of(customer_id: int) -> list[dict[str, Any]]:
    """The badges of a customer as they are shown."""
    awards = BadgeAward.objects.filter(of_person(customer_id), revoked_at=None).select_related("badge")
    first = {award.badge_id: award for award in awards.order_by("-awarded_at", "-id")}
    return [
        {
            "id": award.badge.code,
            "name": award.badge.name,
            "description": award.badge.description,
            "awarded_at": award.awarded_at,
        }
        for award in sorted(first.values(), key=lambda award: (award.awarded_at, award.pk))
    ]


def badges_held(people: Collection[int]) -> dict[int, frozenset[str]]:
    """The codes of the badges that these customers have, or had who were merged into them; who has none is left out."""
    awards = BadgeAward.objects.filter(of_person(*people), revoked_at=None)
    held: dict[int, set[str]] = {}
    for customer_id, survivor_id, code in awards.values_list("customer_id", "customer__merged_into", "badge__code"):
        for owner_id in {customer_id, survivor_id or customer_id}:
            held.setdefault(owner_id, set()).add(code)
    return {customer_id: frozenset(held[customer_id]) for customer_id in people if customer_id in held}


def badges_to_show(*, customer: Customer) -> QuerySet[Badge]:
    """The badges that a customer has, each with its `awarded_at`, the first one first; then those still to be had."""
    awards = BadgeAward.objects.filter(of_person(customer.pk), badge=OuterRef("pk"), revoked_at=None)
    badges = Badge.objects.filter(merchant=customer.merchant_id).annotate(
        awarded_at=Subquery(awards.order_by("awarded_at").values("awarded_at")[:1])
    )
    shown = badges.filter(Q(is_active=True) | Q(awarded_at__isnull=False))
    return shown.order_by(F("awarded_at").asc(nulls_last=True), "code")
