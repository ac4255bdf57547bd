"""A customer's credits, for checkouts: the call that is made most often and must always be quick."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from config.lib.problems import problem_response
from config.lib.requests import bearer_token
from referrals.models.api_keys import Scope
from referrals.services.api_keys import key_in_force
from rewards.selectors import Credits, credits_of


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
    now = timezone.now()
    found = credits_of(merchant_id=key.merchant_id, reference=reference, now=now)
    if found is None:
        return problem_response(request, status=404, detail="There is no such customer.")
    return HttpResponse(_render(found, now), content_type="application/json", headers={"Cache-Control": "no-store"})


def _render(found: Credits, now: datetime) -> bytes:
    return msgspec.json.encode(
        {
            "customer": found.customer,
            "wallet": found.terms.code,
            "unit": found.terms.unit_name,
            "available": found.available,
            "pending": found.pending,
            "held": found.held,
            "owed": found.owed,
            "tier": found.tier,
            "grants": found.grants,
            "as_of": now,
            "stale": False,
        }
    )
