"""Where a shared link leads."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from referrals.models.codes import ReferralCode
from referrals.services.codes import normalise_code


@require_safe
def landing(request: HttpRequest, code: str) -> HttpResponse:
    """Tell a friend whose programme this is and which code to give with the first purchase.

    An unknown code and a retired one look the same.
    """
    live = ReferralCode.objects.filter(code=normalise_code(code), retired_at=None).select_related("merchant").first()
    if live is None:
        raise Http404
    response = render(request, "referrals/landing.html", {"code": live.code, "merchant": live.merchant})
    response["Referrer-Policy"] = "no-referrer"
    return response
