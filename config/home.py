"""The page at the root: what a customer has and what is new, or, for everybody else, what this is."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, customer_required
from credits.selectors.accounts import Outlook, balance_of, find_account, outlook_of
from credits.selectors.terms import WalletTerms
from credits.selectors.tiers import TierProgress, tier_progress
from referrals.models.links import Channel
from referrals.selectors import home_destination, referral_of, shown_first_name
from referrals.selectors.sharing import link_path, main_code
from rewards.engine.campaigns.windows import Round
from rewards.models.campaigns import Campaign
from rewards.selectors.catalog import shown_within_reach
from rewards.selectors.milestones import milestone_tracks
from rewards.selectors.standings import shown_campaigns
from rewards.selectors.statement import statement_page
from rewards.views.programme import shown_terms

NEW_LINES = 5
DAYS_AHEAD = 365
REWARDS_MAX = 3
NOTHING_COMES = Outlook(None, [])


def home(request: PageRequest) -> HttpResponseBase:
    """A customer's own home; a stranger's first look."""
    if request.customer:
        return customer_home(request)
    return render(request, "welcome.html" if request.merchant else "home.html")


@customer_required
def customer_home(request: PageRequest) -> HttpResponse:
    """What a customer has, what is missing to the next tier, what their friends are up to, and what is new.

    :raises Http404: if the merchant has no programme yet.
    """
    customer, now = request.customer, timezone.now()
    terms = shown_terms(request.merchant)
    account = find_account(wallet_id=terms.wallet_id, customer_id=customer.pk)
    balance = balance_of(account, now=now)
    outlook = outlook_of(terms=terms, account=account, days=DAYS_AHEAD, now=now) if account else NOTHING_COMES
    progress = tier_progress(terms=terms, account=account, now=now)
    tier = progress.tier.code if progress.tier else ""
    context = {
        "first_steps": _first_steps(request),
        "share": _share(request),
        "balance": balance,
        "next_pending": outlook.next_active_at,
        "expiring": outlook.expiring[:1],
        "tier": _tier(progress),
        "rewards": shown_within_reach(
            customer=customer, balance=balance, terms=terms, tier=progress.tier, limit=REWARDS_MAX, now=now
        ),
        "campaigns": _campaigns(shown_campaigns(customer=customer, terms=terms, tier=tier, now=now), terms),
        "tracks": milestone_tracks(customer=customer, now=now),
        "lines": statement_page(account=account, before=None, limit=NEW_LINES, now=now).lines,
    }
    return render(request, "customer_home.html", context)


@customer_required
@require_safe
def more(request: PageRequest) -> HttpResponse:
    """The pages for which there is no room in the navigation of a phone."""
    return render(request, "more.html")


def _share(request: PageRequest) -> dict[str, str] | None:
    """The code that a customer shares, and its link for copying by hand; None if they have none yet."""
    code = main_code(customer=request.customer)
    if code is None:
        return None
    path = link_path(code=code, destination=None, channel=Channel.COPY)
    return {"code": str(code), "link": request.build_absolute_uri(path)}


def _campaigns(running: Sequence[tuple[Campaign, Round]], terms: WalletTerms) -> list[dict[str, Any]]:
    """Campaigns in a line each; their ends in the merchant's zone."""
    return [
        {"name": row.name, "description": row.description, "ends": ends.replace(tzinfo=terms.zone) if ends else None}
        for row, (_, ends) in running
    ]


def _first_steps(request: PageRequest) -> dict[str, Any] | None:
    """Who brought a newcomer, and what to do next; None for whoever has bought, or is nobody's friend."""
    referral = referral_of(customer=request.customer)
    if referral is None or referral.qualified_at:
        return None
    site = home_destination(merchant=request.merchant)
    return {
        "inviter": shown_first_name(referral.referrer),
        "onward": reverse("onward", args=[referral.referral_link, site]) if site else "",
    }


def _tier(progress: TierProgress) -> dict[str, Any]:
    """A tier and the way to the next: for the ring, how much of what is asked for is there, each part alike."""
    following = progress.next_tier
    asked = []
    if following:
        wanted = (following.min_spend, following.min_orders, following.min_points)
        asked = [min(1, have / want) for have, want in zip(progress.claims, wanted, strict=True) if want]
    return {
        "name": progress.tier.name if progress.tier else "",
        "next": following.name if following else "",
        "missing": progress.missing,
        "done": sum(asked),
        "whole": len(asked),
        "is_expiring": progress.is_expiring,
        "review_at": progress.review_at,
    }
