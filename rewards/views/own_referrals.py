"""What a signed-in customer has from their friends, in JSON."""

import msgspec
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, json_for_customer
from referrals.selectors.funnel import read_own_counts
from rewards.selectors.friends import points_from_friends


@require_safe
@json_for_customer
def referral_stats(request: PageRequest) -> HttpResponse:
    """How many followed the customer's links, joined and bought, and the points that they brought."""
    counts = read_own_counts(customer_id=request.customer.pk)
    earned = points_from_friends(customer=request.customer)
    return JsonResponse({**msgspec.to_builtins(counts), "points_earned": earned})
