"""Reward options suited to a customer: by what they redeemed, by what others do, and by what is within reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from referrals.models.customers import Customer
from referrals.selectors import of_person
from rewards.engine.recommending import Affinity, scores
from rewards.models.catalog import RewardOption
from rewards.models.recommendations import OptionAffinity, OptionPopularity
from rewards.models.takings import Taking
from rewards.selectors.catalog import Offered, offered_to

LIMIT = 10
SIMILAR, POPULAR, AFFORDABLE, SOON = "similar", "popular", "affordable", "soon"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A reward option that suits a customer, and why; `because` is a code, `sentence` is for the customer."""

    offered: Offered
    because: str
    sentence: str


def recommend(*, customer: Customer, wallet_id: int, now: datetime, limit: int = LIMIT) -> list[Recommendation]:
    """What a customer might redeem next, the most suitable first."""
    offered = offered_to(customer=customer, wallet_id=wallet_id, now=now)
    return suited_to(customer=customer, offered=offered, limit=limit)


def suited_to(*, customer: Customer, offered: Iterable[Offered], limit: int = LIMIT) -> list[Recommendation]:
    """What of the catalog a customer might redeem next, the most suitable first.

    What is within reach goes before what is not. Of each, first comes what those chose who chose what they chose; then
    what most customers choose; then what they can have soonest. What they cannot have but for points (sold out, for a
    higher tier, had already) is not recommended.
    """
    possible = [each for each in offered if not each.why_not]
    options = [each.option.pk for each in possible]
    mine = set(
        Taking.objects.filter(of_person(customer.pk), is_granted=False, given_back_at__isnull=True).values_list(
            "option_id", flat=True
        )
    )
    rows = OptionAffinity.objects.filter(option__in=mine, other__in=options) if mine else ()
    score, by = scores(mine, (Affinity(each.option_id, each.other_id, each.customers, each.strength) for each in rows))
    popular = dict(OptionPopularity.objects.filter(option__in=options).values_list("option_id", "customers"))
    names = dict(RewardOption.objects.filter(pk__in=set(by.values())).values_list("pk", "name")) if by else {}

    def most_suitable(each: Offered) -> tuple[bool, int, int, int]:
        known = score.get(each.option.pk, 0), popular.get(each.option.pk, 0)
        return not each.is_within_reach, -known[0], -known[1], each.points_missing

    return [
        _explained(each, names.get(by.get(each.option.pk, 0), ""), popular.get(each.option.pk, 0))
        for each in sorted(possible, key=most_suitable)[:limit]
    ]


def _explained(offered: Offered, chosen: str, customers: int) -> Recommendation:
    because, sentence = _reason(offered, chosen, customers)
    if because != SOON and offered.points_missing:
        sentence += " " + _("{missing} points are missing.").format(missing=offered.points_missing)
    return Recommendation(offered, because, sentence)


def _reason(offered: Offered, chosen: str, customers: int) -> tuple[str, str]:
    if chosen:
        return SIMILAR, _("Customers who chose “{chosen}” often choose this, too.").format(chosen=chosen)
    if customers:
        return POPULAR, _("Many customers choose this.")
    if offered.is_affordable:
        return AFFORDABLE, _("You have the points for this.")
    return SOON, _("{missing} points more, and it is yours.").format(missing=offered.points_missing)
