"""The page at the root: what a customer has and what is new, or, for everybody else, what this is."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from config.lib.pages import PageRequest, customer_required
from credits.models.lots import Lot
from credits.selectors.accounts import balance_of, expiring_days, find_account
from credits.selectors.tiers import TierProgress, tier_progress
from referrals.selectors import home_destination, referral_of, shown_first_name
from rewards.selectors.milestones import milestone_tracks
from rewards.selectors.statement import statement_page
from rewards.views.programme import shown_terms

NEW_LINES = 5
DAYS_AHEAD = 365


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
    context = {
        "first_steps": _first_steps(request),
        "balance": balance_of(account, now=now),
        "next_pending": _next_pending(account.pk, now) if account else None,
        "expiring": (expiring_days(terms=terms, account=account, days=DAYS_AHEAD, now=now) if account else [])[:1],
        "tier": _tier(tier_progress(terms=terms, account=account, now=now)),
        "tracks": milestone_tracks(customer=customer, now=now),
        "lines": statement_page(account=account, before=None, limit=NEW_LINES, now=now).lines,
    }
    return render(request, "customer_home.html", context)


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


def _next_pending(account_id: int, now: datetime) -> datetime | None:
    """When the first of what is pending can be spent; None if that waits for something to happen."""
    waiting = Lot.objects.filter(account=account_id, remaining__gt=0, active_at__gt=now).order_by("active_at")
    return waiting.values_list("active_at", flat=True).first()


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
