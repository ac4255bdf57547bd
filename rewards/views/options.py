"""What one can redeem points for, as JSON for the signed-in customer: requirement 002's `/reward-options/`."""

from typing import Any

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, customer_required
from config.lib.problems import problem_response
from config.lib.queries import QueryInvalid, choice
from rewards.models.catalog import Category
from rewards.selectors.catalog import AFFORDABLE, WITHIN_REACH, Offered, offered_to
from rewards.views.programme import shown_terms


@customer_required
@require_safe
def reward_options(request: PageRequest) -> Any:
    """The options on offer, the cheapest first; `category` and `within` (affordable, within_reach) choose."""
    try:
        category = choice(request, "category", options=Category.values, default="")
        within = choice(request, "within", options=[AFFORDABLE, WITHIN_REACH], default="")
    except QueryInvalid as error:
        return problem_response(request, status=error.status, code=error.code, detail=error.detail)
    wallet_id = shown_terms(request.merchant).wallet_id
    offered = offered_to(
        customer=request.customer, wallet_id=wallet_id, now=timezone.now(), category=category, within=within
    )
    return JsonResponse({"reward_options": [_shape(each) for each in offered]})


def _shape(offered: Offered) -> dict[str, Any]:
    """A reward option in the words of requirement 002."""
    option = offered.option
    reward_type = option.reward_type
    return {
        "id": option.code,
        "name": option.name,
        "description": option.description,
        "points_required": option.points_required,
        "reward_type": {
            "name": reward_type.name,
            "category": reward_type.category,
            "discount_type": reward_type.discount_type,
            "discount_value": reward_type.discount_value,
            "description": reward_type.description,
        },
        "is_active": option.is_active,
        "affordable": offered.is_affordable,
        "within_reach": offered.is_within_reach,
        "points_missing": offered.points_missing,
        "why_not": list(offered.why_not),
        "created_at": option.created_at,
        "updated_at": option.updated_at,
    }
