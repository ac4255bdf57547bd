"""One's own data: taking it along, and having it forgotten."""

import msgspec
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.lib.pages import PageRequest, customer_required
from credits.selectors.accounts import balance_of, find_account
from fulfillment.services.erasure import erase_customer
from fulfillment.services.person_export import export_customer
from rewards.services.erasure import CustomerBusy, RedisAway
from rewards.views.programme import shown_terms

REASON = "customer_request"


@customer_required
@require_safe
def privacy(request: PageRequest) -> HttpResponse:
    """What is known of one, and what can be done about it."""
    return render(request, "fulfillment/privacy.html")


@customer_required
@require_POST
def own_export(request: PageRequest) -> HttpResponse:
    """Everything that is known of one, as a file; it is written down that it was told."""
    told = export_customer(
        customer=request.customer, now=timezone.now(), reason=REASON, actor=f"user:{request.user.pk}"
    )
    headers = {"Content-Disposition": 'attachment; filename="about-you.json"', "Cache-Control": "no-store"}
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", headers=headers)


@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # the library has no types
def erasing(request: PageRequest) -> HttpResponse:
    """Have oneself forgotten: first what will be lost, then, on the reader's word, it is done.

    Whoever asks has just proved who they are.
    """
    if request.method == "POST" and request.POST.get("understood"):
        return _erase(request)
    now = timezone.now()
    terms = shown_terms(request.merchant)
    account = find_account(wallet_id=terms.wallet_id, customer_id=request.customer.pk)
    return render(request, "fulfillment/erasing.html", {"balance": balance_of(account, now=now)})


def _erase(request: PageRequest) -> HttpResponse:
    try:
        erase_customer(customer=request.customer, now=timezone.now(), reason=REASON, actor=f"user:{request.user.pk}")
    except (CustomerBusy, RedisAway) as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("erasing"))
    logout(request)
    messages.success(request, _("You are forgotten. Nothing here names you any more."))
    return HttpResponseRedirect(reverse("home"))
