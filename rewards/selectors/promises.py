"""What a merchant's policies promise its customers, in sentences that are made of the policies themselves."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from babel.dates import get_day_names
from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.lib.money import format_amount
from config.lib.numbers import reader_locale, written
from referrals.models.merchants import Merchant
from rewards.engine.calendar_days import CalendarDays
from rewards.engine.definition import KEEP, Definition, parse
from rewards.engine.kinds.grants import GrantEffect
from rewards.engine.kinds.points import PointsEffect
from rewards.engine.kinds.steps import BADGE, EVENT
from rewards.engine.limits import Limits
from rewards.engine.milestones import ACROSS_FRIENDS, PURCHASES, UNITS_PREFIX, Milestones
from rewards.engine.terms import NEVER
from rewards.engine.triggers import REFEREE, REFERRER
from rewards.models.badges import Badge
from rewards.models.campaigns import Campaign
from rewards.models.catalog import RewardOption
from rewards.models.policies import PolicyVersion

OCCASIONS = {
    "purchase.completed:buyer": gettext_lazy("For each purchase of yours"),
    "purchase.completed:referrer": gettext_lazy("For each purchase of a friend whom you brought"),
    "purchase.completed:referee": gettext_lazy("For each purchase, if a friend brought you"),
    "referral.joined:referrer": gettext_lazy("When a friend joins by your code"),
    "referral.joined:referee": gettext_lazy("When you join by a friend’s code"),
    "referral.qualified:referrer": gettext_lazy("When a friend’s first purchase counts"),
    "referral.qualified:referee": gettext_lazy("When your first purchase counts, if a friend brought you"),
    "activity.recorded:customer": gettext_lazy("For something else that you do"),
    "activity.recorded:referrer": gettext_lazy("For something else that a friend does whom you brought"),
    "activity.recorded:referee": gettext_lazy("For something else that you do, if a friend brought you"),
    "tier.changed:customer": gettext_lazy("When you reach a higher tier"),
    "campaign.completed:customer": gettext_lazy("When you reach the goal of a campaign"),
    "schedule.due:customer": gettext_lazy("On a day that comes again and again"),
}
"""What sets a policy off, by its trigger and by who benefits."""

TIMES = {
    "day": gettext_lazy("at most %(bound)s in a day"),
    "week": gettext_lazy("at most %(bound)s in a week"),
    "month": gettext_lazy("at most %(bound)s in a month"),
    "year": gettext_lazy("at most %(bound)s in a year"),
    "ever": gettext_lazy("at most %(bound)s in all"),
}


class Promise(NamedTuple):
    """What one policy gives: its name, on which occasion, what, and on which terms."""

    name: str
    is_about_friends: bool
    occasion: str
    gift: str
    terms: list[str]


class Names(NamedTuple):
    """What policies call by a code, by its name."""

    options: Mapping[str, str]
    badges: Mapping[str, str]
    campaigns: Mapping[str, str]
    currency: str


def promises_of(*, merchant: Merchant, now: datetime) -> list[Promise]:
    """What each policy in force promises, in the order in which they were made; four statements."""
    versions = PolicyVersion.objects.in_force(now).filter(merchant=merchant).order_by("policy")
    read = [(name, parse(definition)) for name, definition in versions.values_list("policy__name", "definition")]
    options, badges, campaigns = (
        dict(model.objects.filter(merchant=merchant).values_list("code", "name"))
        for model in (RewardOption, Badge, Campaign)
    )
    names = Names(options, badges, campaigns, merchant.currency)
    return [_promise(name, said, names) for name, said in read if said.give.kind != EVENT]


def _promise(name: str, said: Definition, names: Names) -> Promise:
    occasion = str(OCCASIONS[f"{said.trigger}:{said.beneficiary}"])
    if said.activity:
        occasion += f" ({said.activity.replace('_', ' ')})"
    if said.every is not None:
        occasion = _days(said.every)
    is_about_friends = said.beneficiary in {REFERRER, REFEREE}
    return Promise(name, is_about_friends, occasion, _gift(said, names), list(_terms(said, names)))


def _days(every: CalendarDays) -> str:
    if every.weekdays:
        names = get_day_names("wide", locale=reader_locale())
        return _("Every %(days)s") % {"days": ", ".join(names[day] for day in sorted(every.weekdays))}
    return _("Every month on these days: %(days)s") % {"days": ", ".join(map(str, sorted(every.month_days)))}


def _gift(said: Definition, names: Names) -> str:
    gift = said.give
    if isinstance(gift, PointsEffect):
        return _points_of(gift, names.currency)
    if isinstance(gift, GrantEffect):
        return f"{gift.quantity} × {names.options.get(gift.option, gift.option)}"
    if gift.kind == BADGE:
        return _("the badge %(badge)s") % {"badge": names.badges.get(gift.option, gift.option)}
    return _("the next tier")


def _points_of(gift: PointsEffect, currency: str) -> str:
    if gift.way == "fixed":
        return _points(gift.rate)
    if gift.way == "per_unit" and gift.category:
        return _("%(points)s for each item of %(category)s") % {
            "points": _points(gift.rate),
            "category": gift.category,
        }
    if gift.way == "per_unit":
        return _("%(points)s for each item") % {"points": _points(gift.rate)}
    unit = format_amount(10 ** get_currency_precision(currency), currency)
    return _("%(points)s for each %(unit)s") % {"points": _points(gift.rate), "unit": unit}


def _terms(said: Definition, names: Names) -> Iterator[str]:
    """On which terms it is given: everything that a definition says besides when and what."""
    if said.campaign:
        yield _("while %(campaign)s runs") % {"campaign": names.campaigns.get(said.campaign, said.campaign)}
    if said.when:
        yield _("on a condition")
    if said.schedule is not None:
        yield _("at certain times")
    if said.milestones is not None:
        yield _milestones(said.milestones)
    if isinstance(said.give, PointsEffect):
        yield from _points_terms(said.give)
    yield from _limits(said.limits)
    if said.on_refund == KEEP:
        yield _("yours even if the purchase is paid back")
    if said.exclusive_group:
        yield _("instead of others, if several could be given")


def _points_terms(gift: PointsEffect) -> Iterator[str]:
    for category, factor in gift.categories.items():
        yield _("%(category)s × %(factor)s") % {"category": category, "factor": _number(factor)}
    if gift.only_categories:
        yield _("nothing for anything else")
    for category in gift.excluded_categories:
        yield _("nothing for %(category)s") % {"category": category}
    if gift.tier_multiplier:
        yield _("times what your tier multiplies")
    if gift.campaign_multiplier:
        yield _("times what campaigns multiply")
    if gift.terms.pending_days:
        days = gift.terms.pending_days
        yield ngettext("to be spent after %(days)s day", "to be spent after %(days)s days", days) % {"days": days}
    if gift.terms.pending_until:
        yield _("to be spent once the e-mail is verified")
    if gift.terms.expires == NEVER:
        yield _("they never lapse")
    if gift.terms.expiry_months:
        months = gift.terms.expiry_months
        yield ngettext("they lapse after %(months)s month", "they lapse after %(months)s months", months) % {
            "months": months
        }


def _limits(bounds: Limits) -> Iterator[str]:
    if bounds.points_per_purchase is not None:
        yield _("at most %(bound)s for one purchase") % {"bound": _points(Fraction(bounds.points_per_purchase))}
    if bounds.times is not None:
        times = ngettext("%(count)s time", "%(count)s times", bounds.times) % {"count": bounds.times}
        yield TIMES[bounds.per] % {"bound": times}
    if bounds.points is not None:
        yield TIMES[bounds.per] % {"bound": _points(Fraction(bounds.points))}


def _milestones(said: Milestones) -> str:
    counted = _("purchases") if said.measure == PURCHASES else said.measure.removeprefix(UNITS_PREFIX)
    numbers = ", ".join(_number(Fraction(number)) for number in said.at)
    known = {"counted": counted, "numbers": numbers, "every": said.every}
    if said.every:
        text = _("each time that so many are reached: %(every)s (%(counted)s)")
    else:
        text = _("when these numbers are reached: %(numbers)s (%(counted)s)")
    if said.scope == ACROSS_FRIENDS:
        text = f"{text}, {_('all friends together')}"
    return text % known


def _points(amount: Fraction) -> str:
    return ngettext("%(points)s point", "%(points)s points", 1 if amount == 1 else 2) % {"points": _number(amount)}


def _number(amount: Fraction) -> str:
    return written(Decimal(amount.numerator) / amount.denominator)
