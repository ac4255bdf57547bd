"""Who brought most friends, for customers: in JSON, and as a page on which they choose to be seen."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.lib.errors import DomainError
from config.lib.pages import PageRequest, customer_required, json_for_customer
from config.lib.queries import choice
from referrals.models.aliases import LeaderboardAlias
from referrals.selectors.leaderboard import PERIODS, Place, read_leaderboard
from referrals.services.aliases import choose_alias, leave_leaderboard

PLACES = 20


@require_safe
@json_for_customer
def referral_leaderboard(request: PageRequest) -> HttpResponse:
    """Who brought most friends in a period (`week`, `month`, `year`, `ever`), and the customer's own place."""
    period = choice(request, "period", options=PERIODS, default="month")
    shown = [
        {
            "rank": place.rank,
            "alias": place.alias,
            "friends": place.friends,
            "is_you": place.customer_id == request.customer.pk,
        }
        for place in _places(request, period)
    ]
    return JsonResponse({"period": period, "places": shown})


@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def leaderboard(request: PageRequest) -> HttpResponse:
    """Show the places, and let the customer choose an alias, or leave."""
    if request.method == "POST":
        return _choose(request)
    asked = request.GET.get("period", "")
    period = asked if asked in PERIODS else "month"
    context = {
        "period": period,
        "periods": [("week", _("Week")), ("month", _("Month")), ("year", _("Year")), ("ever", _("Ever"))],
        "places": _places(request, period),
        "alias": LeaderboardAlias.objects.filter(customer=request.customer).first(),
        "consent": _consent(),
    }
    return render(request, "referrals/leaderboard.html", context)


def _places(request: PageRequest, period: str) -> list[Place]:
    return read_leaderboard(
        merchant=request.merchant,
        period=period,
        now=timezone.now(),
        customer_id=request.customer.pk,
        limit=PLACES,
    )


def _choose(request: PageRequest) -> HttpResponse:
    told = {"customer": request.customer, "consent": _consent(), "now": timezone.now()}
    try:
        if "leave" in request.POST:
            leave_leaderboard(**told)
            messages.info(request, _("You are no longer on the leaderboard."))
        else:
            chosen = choose_alias(wanted=request.POST.get("alias", ""), **told)
            messages.info(request, _("Others see you as %(alias)s.") % {"alias": chosen})
    except DomainError as refused:
        messages.error(request, refused.detail)
    return HttpResponseRedirect(reverse("leaderboard"))


def _consent() -> str:
    return _("Other customers may see this name and how many friends I brought.")
