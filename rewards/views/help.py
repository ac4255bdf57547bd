"""How the programme works, told by its own terms: nothing here is written down a second time."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, merchant_required
from credits.models.wallets import ExpiryRule, ReturnPolicy, TierDowngrade, TierWindow
from rewards.selectors.checkout_terms import checkout_terms
from rewards.selectors.promises import promises_of
from rewards.views.programme import shown_terms


@merchant_required
@require_safe
def how_it_works(request: PageRequest) -> HttpResponse:
    """How points, tiers, referrals, lapsing and privacy work in this programme; for everybody, also before joining.

    :raises Http404: if the merchant has no programme yet.
    """
    terms = shown_terms(request.merchant)
    promises = promises_of(merchant=request.merchant, now=timezone.now())
    context = {
        "terms": terms,
        "own_promises": [each for each in promises if not each.is_about_friends],
        "friends_promises": [each for each in promises if each.is_about_friends],
        "expiry_day": _day(terms.expiry_day),
        "checkout": checkout_terms(request.merchant),
        "ExpiryRule": ExpiryRule,
        "ReturnPolicy": ReturnPolicy,
        "TierWindow": TierWindow,
        "TierDowngrade": TierDowngrade,
        "multiplies": any(tier.multiplier != 1 for tier in terms.tiers),
    }
    return render(request, "rewards/help.html", context)


def _day(written: str) -> date | None:
    """A day such as 12-31, of a leap year, so that every day is one."""
    return date.fromisoformat(f"2024-{written}") if written else None
