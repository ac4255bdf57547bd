"""The reward catalog, under the names and in the shapes of requirement 004."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from config.lib.openapi import problems
from config.lib.queries import choice
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from rewards.api.calling import asking
from rewards.api.shapes import REWARD_CATALOG, REWARDS_AVAILABLE
from rewards.api.statement import as_json
from rewards.models.catalog import Category
from rewards.selectors.catalog import (
    AFFORDABLE,
    WITHIN_REACH,
    Offered,
    catalog_groups,
    item_of,
    offered_to,
)

CATEGORY_PARAMETER = OpenApiParameter("category", str, enum=Category.values, description="Of these only.")
WITHIN_PARAMETER = OpenApiParameter(
    "within", str, enum=[AFFORDABLE, WITHIN_REACH], description="What can be had now; or soon, or now."
)


class RewardCatalogView(APIView):
    """What customers can redeem points for."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="read_reward_catalog",
        parameters=[CATEGORY_PARAMETER],
        responses={200: REWARD_CATALOG, **problems(400)},
    )
    def get(self, request: ApiRequest) -> HttpResponse:
        """All that is on offer now, by kind; it may come from a cache, and nothing is promised by it.

        Money in major units.
        """
        category = choice(request, "category", options=Category.values, default="")
        groups = catalog_groups(merchant=request.auth.merchant, now=timezone.now())
        chosen = {
            group: [item for item in items if not category or item["category"] == category]
            for group, items in groups.items()
        }
        return as_json({"reward_catalog": chosen})


class RewardsAvailableView(APIView):
    """What one customer can redeem points for."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="read_available_rewards",
        parameters=[CATEGORY_PARAMETER, WITHIN_PARAMETER],
        responses={200: REWARDS_AVAILABLE, **problems(400, 404, 409)},
    )
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """What is on offer, the cheapest first, with how many points are missing and what else stands in the way."""
        category = choice(request, "category", options=Category.values, default="")
        within = choice(request, "within", options=[AFFORDABLE, WITHIN_REACH], default="")
        door = asking(request)
        customer = door.customer(reference)
        offered = offered_to(
            customer=customer, wallet_id=door.terms.wallet_id, now=door.now, category=category, within=within
        )
        return as_json({"customerId": customer.public_id, "rewards": [shape_of_offer(each) for each in offered]})


def shape_of_offer(offered: Offered) -> dict[str, Any]:
    """A reward option for one customer, as it is answered."""
    return {
        **item_of(offered.option),
        "available": offered.is_affordable,
        "within_reach": offered.is_within_reach,
        "points_missing": offered.points_missing,
        "why_not": list(offered.why_not),
    }
