"""What a signed-in customer asks about their code and their friends, in JSON."""

from typing import Any

import msgspec
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import NotFound
from config.lib.pages import PageRequest, json_for_customer, way_on
from config.lib.queries import read_cursor, whole_number, write_cursor
from referrals.models.codes import ReferralCode
from referrals.selectors.history import referrals_before
from referrals.selectors.sharing import main_code
from referrals.services.codes import issue_code

PAGE = 20
PAGE_MAX = 100


@require_POST
@json_for_customer
def generate_referral_code(request: PageRequest) -> HttpResponse:
    """Make the customer's code, if there is none; a form that names a page in `next` leads back there."""
    code = issue_code(customer=request.customer, now=timezone.now())
    if wanted := way_on(request, ""):
        return HttpResponseRedirect(wanted)
    return JsonResponse(_as_json(request, code))


@require_safe
@json_for_customer
def referral_code(request: PageRequest) -> HttpResponse:
    """The customer's code, and the link to share."""
    code = main_code(customer=request.customer)
    if code is None:
        raise NotFound("There is no code yet; POST /generate-referral-code/ makes one.")
    return JsonResponse(_as_json(request, code))


@require_safe
@json_for_customer
def referral_history(request: PageRequest) -> HttpResponse:
    """Whom the customer brought, the newest first, and how far they have come; names only of who shows theirs."""
    list_ = f"history:{request.customer.pk}"
    limit = whole_number(request, "limit", default=PAGE, low=1, high=PAGE_MAX)
    shown, next_ = referrals_before(customer=request.customer, before=read_cursor(request, of=list_), limit=limit)
    body: dict[str, Any] = {
        "referrals": [msgspec.to_builtins(each) for each in shown],
        "next": None if next_ is None else write_cursor(next_, of=list_),
    }
    return JsonResponse(body)


def _as_json(request: PageRequest, code: ReferralCode) -> dict[str, str]:
    url = request.build_absolute_uri(reverse("landing", args=[code]))
    return {"code": str(code), "url": url, "created_at": code.created_at.isoformat()}
