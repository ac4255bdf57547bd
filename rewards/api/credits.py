"""A customer's credits, for checkouts: the call that is made most often and must always be quick."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from config.lib.problems import problem_response
from config.lib.requests import bearer_token
from referrals.models.api_keys import Scope
from referrals.services.api_keys import key_in_force
from rewards.services.checkout import credits_at_checkout


@csrf_exempt  # It changes nothing, and a POST shall hear that it is not allowed, not that it lacks a token.
@require_safe
def credits_view(request: HttpRequest, reference: str) -> HttpResponse:
    """What a customer can spend, what is on its way, their tier with its benefits, and their grants.

    A plain view: content negotiation would cost more than the answer does.
    """
    key = key_in_force(bearer_token(request))
    if key is None:
        return problem_response(request, status=401)
    if Scope.CREDITS not in key.scopes:
        return problem_response(request, status=403)
    answer = credits_at_checkout(merchant_id=key.merchant_id, reference=reference, now=timezone.now())
    if answer is None:
        return problem_response(request, status=404, detail="There is no such customer.")
    return HttpResponse(answer, content_type="application/json", headers={"Cache-Control": "no-store"})
