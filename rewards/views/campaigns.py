"""Campaigns and badges as a page: what runs, how far one has come, and taking part."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import DomainError, NotFound
from config.lib.money import format_amount
from config.lib.pages import PageRequest, customer_required
from credits.selectors.terms import WalletTerms
from rewards.engine.campaigns.definition import PURCHASES, REFERRALS, SPEND
from rewards.engine.campaigns.taking import NOT_ELIGIBLE, NOT_JOINED
from rewards.selectors.badges import badges_to_show
from rewards.selectors.campaigns import get_campaign
from rewards.selectors.standings import Standing, running_campaigns, standings_of
from rewards.services.participation import join_campaign
from rewards.views.programme import shown_terms


@customer_required
@require_safe
def campaigns(request: PageRequest) -> HttpResponse:
    """What runs for a customer and how far they have come; and the badges that they have, or can still earn."""
    customer, now = request.customer, timezone.now()
    terms = shown_terms(request.merchant)
    running = [row for row, _ in running_campaigns(merchant_id=request.merchant.pk, terms=terms, now=now)]
    standings = standings_of(campaigns=running, customer=customer, terms=terms, now=now)
    context = {
        "campaigns": [
            _shown(each, terms, request.merchant.currency) for each in standings if each.refusal != NOT_ELIGIBLE
        ],
        "badges": badges_to_show(customer=customer),
    }
    return render(request, "rewards/campaigns.html", context)


@customer_required
@require_POST
def participate(request: PageRequest, code: str) -> HttpResponse:
    """Take part in the round that runs.

    :raises Http404: if the merchant has no such campaign.
    """
    try:
        campaign = get_campaign(merchant_id=request.merchant.pk, reference=code)
    except NotFound as error:
        raise Http404 from error
    terms = shown_terms(request.merchant)
    try:
        join_campaign(campaign=campaign, customer=request.customer, terms=terms, now=timezone.now())
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("You take part: %(campaign)s.") % {"campaign": campaign.name})
    return HttpResponseRedirect(reverse("campaigns"))


def _shown(standing: Standing, terms: WalletTerms, currency: str) -> dict[str, Any]:
    """A campaign as its customer reads it; the dates are the merchant's."""
    said, participation, round_ = standing.said.terms, standing.participation, standing.round
    goal, reached = said.goal, standing.reached or 0
    return {
        "code": standing.campaign.code,
        "name": standing.campaign.name,
        "description": standing.campaign.description,
        "until": round_.ends.replace(tzinfo=terms.zone) if round_ is not None and round_.ends else None,
        "multiplier": said.multiplier,
        "multiplied": sorted(said.categories | said.skus),
        "points": participation.points if participation is not None else 0,
        "can_join": standing.refusal == NOT_JOINED,
        "has_joined": participation is not None and participation.joined_at is not None,
        "completed_at": participation.completed_at if participation is not None else None,
        "goal": goal and {
            "target": goal.target,
            "reached": min(reached, goal.target),
            "words": _progress(goal.measure, reached, goal.target, currency),
        },
    }  # fmt: skip


def _progress(measure: str, reached: int, target: int, currency: str) -> str:
    """How far somebody has come towards a goal, such as "$120.00 of $500.00 spent"."""
    known: dict[str, Any] = {"reached": reached, "target": target}
    if measure == SPEND:
        known = {name: format_amount(amount, currency) for name, amount in known.items()}
        return _("%(reached)s of %(target)s spent") % known
    words = {
        PURCHASES: ngettext("%(reached)s of %(target)s purchase", "%(reached)s of %(target)s purchases", target),
        REFERRALS: ngettext("%(reached)s of %(target)s friend", "%(reached)s of %(target)s friends", target),
        "days_in_a_row": _("%(reached)s of %(target)s days in a row"),
        "weeks_in_a_row": _("%(reached)s of %(target)s weeks in a row"),
        "months_in_a_row": _("%(reached)s of %(target)s months in a row"),
    }
    return words[measure] % known
