"""The page on which customers share: one tap for each way."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.lib.limits import take
from config.lib.pages import PageRequest, customer_required
from referrals.models.links import Channel
from referrals.selectors.channels import suggest_channel
from referrals.selectors.sharing import OFFERED, compose_shares, main_code, open_destinations
from referrals.services.limits import SHARING
from rewards.services.sharing import record_share
from rewards.tasks import nudge


@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: PageRequest) -> HttpResponse:
    """Show the ways to share a link to a destination (`to`), and note by POST that one was taken.

    Without JavaScript the ways are plain links, and whoever shared says so with a button.
    """
    places = open_destinations(merchant=request.merchant)
    to = request.POST.get("to", "") if request.method == "POST" else request.GET.get("to", "")
    place = next((each for each in places if each.slug == to), None)
    if request.method == "POST":
        take(SHARING, of=f"customer:{request.customer.pk}")
        channel = request.POST.get("channel", "")
        if channel in OFFERED and record_share(
            customer=request.customer, channel=Channel(channel), destination=place, now=timezone.now()
        ):
            nudge()
        if "quiet" in request.POST:
            return HttpResponse(status=204)
        messages.info(request, _("Thank you for sharing."))
        return HttpResponseRedirect(f"{reverse('share')}?{urlencode({'to': place})}" if place else reverse("share"))
    code = main_code(customer=request.customer)
    context = {
        "code": code,
        "places": places,
        "place": place,
        "suggestion": suggest_channel(customer=request.customer, now=timezone.now()) if code else None,
        "shares": compose_shares(code=code, destination=place, site=request.build_absolute_uri) if code else [],
    }
    return render(request, "rewards/share.html", context)
