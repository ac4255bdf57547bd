"""The catalog as a page: what one's points buy, and why not, where they do not."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, customer_required
from config.lib.queries import QueryInvalid, choice
from credits.selectors.accounts import balance_of, find_account
from credits.selectors.terms import WalletTerms
from rewards.models.catalog import Category, Period
from rewards.selectors.catalog import AFFORDABLE, WITHIN, WITHIN_REACH, Offered, offered_to
from rewards.selectors.eligibility import WhyNot
from rewards.selectors.recommendations import suited_to
from rewards.views.programme import shown_terms

SUITED_MAX = 3
"""So many are recommended, where there are more to choose from."""

REACHES = (
    ("", gettext_lazy("All")),
    (AFFORDABLE, gettext_lazy("Affordable now")),
    (WITHIN_REACH, gettext_lazy("Within reach")),
)
CATEGORIES = {
    Category.REPAIR_DISCOUNT: gettext_lazy("Repair discounts"),
    Category.REPLACEMENT_DISCOUNT: gettext_lazy("Replacement discounts"),
    Category.PURCHASE_DISCOUNT: gettext_lazy("Purchase discounts"),
    Category.FREE_SERVICE: gettext_lazy("Free services"),
    Category.FREE_PRODUCT: gettext_lazy("Free products"),
    Category.SHIPPING: gettext_lazy("Shipping"),
    Category.MERCHANDISE: gettext_lazy("Merchandise"),
    Category.GIFT_CARD: gettext_lazy("Gift cards"),
    Category.EXPERIENCE: gettext_lazy("Experiences"),
}
HAD_ENOUGH = {
    Period.EVER: gettext_lazy("You have had as many as one customer can."),
    Period.DAY: gettext_lazy("You have had as many as one customer can in a day."),
    Period.WEEK: gettext_lazy("You have had as many as one customer can in a week."),
    Period.MONTH: gettext_lazy("You have had as many as one customer can in a month."),
    Period.YEAR: gettext_lazy("You have had as many as one customer can in a year."),
}


@customer_required
@require_safe
def rewards(request: PageRequest) -> HttpResponse:
    """What suits the customer, and all that is on offer, the cheapest first.

    `category` and `within` (affordable, within_reach) choose; then nothing is recommended.

    :raises Http404: if there is no such choice.
    """
    try:
        category = choice(request, "category", options=Category.values, default="")
        within = choice(request, "within", options=[AFFORDABLE, WITHIN_REACH], default="")
    except QueryInvalid as error:
        raise Http404 from error
    customer, now = request.customer, timezone.now()
    terms = shown_terms(request.merchant)
    offered = offered_to(customer=customer, wallet_id=terms.wallet_id, now=now)
    known = {each.option.reward_type.category for each in offered} | ({category} - {""})
    chosen = [each for each in offered if category in {"", each.option.reward_type.category}]
    recommends = not category and not within and len(offered) > SUITED_MAX
    context = {
        "suited": suited_to(customer=customer, offered=offered, limit=SUITED_MAX) if recommends else [],
        "balance": balance_of(find_account(wallet_id=terms.wallet_id, customer_id=customer.pk), now=now),
        "offers": [(each, list(sentences(each, terms))) for each in chosen if WITHIN[within](each)],
        "category": category,
        "categories": [(value, label) for value, label in CATEGORIES.items() if value in known],
        "within": within,
        "reaches": REACHES,
    }
    return render(request, "rewards/rewards.html", context)


def sentences(offered: Offered, terms: WalletTerms) -> Iterator[str]:
    """Why a customer cannot have a reward now, points aside."""
    option = offered.option
    if WhyNot.TIER_TOO_LOW in offered.why_not:
        name = next((tier.name for tier in terms.tiers if tier.code == option.min_tier), "")
        yield _("It is for %(tier)s and above.") % {"tier": name} if name else _("It is for a higher tier.")
    if WhyNot.SOLD_OUT in offered.why_not:
        yield _("It is sold out just now.")
    if WhyNot.LIMIT_REACHED in offered.why_not:
        yield str(HAD_ENOUGH[Period(option.per_customer_period)])
