"""How many points, exactly: rational arithmetic over the lines, rounded down once at the very end.

Each function here is called when a policy is compiled, and returns the function that is called for a
purchase. All of it is arithmetic on whole numbers: the fractions of a policy are brought to one denominator
beforehand.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm, prod

from rewards.engine.campaigns.definition import Campaign
from rewards.engine.facts import CustomerFacts, Facts, PurchaseFacts
from rewards.engine.kinds.base import Valuation, Worth

_ONE = Fraction(1)
_NOTHING: Worth = (0, (), _ONE)
# Tiers are few, but nobody forbids a merchant to have many.
_TIERS_REMEMBERED = 64
_RATES_REMEMBERED = 1024


def the_same_for_all(points: int, tier_cap: Fraction | None) -> Valuation:
    """Return a valuation of `points` for everybody, spread over the lines by their value.

    With a `tier_cap`, the points are multiplied by the beneficiary's tier multiplier, at most the cap.
    """

    def value(facts: Facts, person: CustomerFacts, campaigns: tuple[Campaign, ...]) -> Worth:
        weights = facts.purchase.values if facts.purchase else ()
        if tier_cap is None:
            return points, weights, _ONE
        return _times_tier(points, person, tier_cap), weights, person.tier_multiplier

    return value


def per_item(points: int, category: str, tier_cap: Fraction | None) -> Valuation:
    """Return a valuation of `points` per item (of a category, if named), spread over the lines by items."""

    def value(facts: Facts, person: CustomerFacts, campaigns: tuple[Campaign, ...]) -> Worth:
        purchase = facts.purchase
        if purchase is None:
            return _NOTHING
        items = purchase.units.get(category, 0) if category else purchase.quantity
        if not items:
            return _NOTHING
        weights = [line.quantity if not category or line.category == category else 0 for line in purchase.lines]
        if tier_cap is None:
            return points * items, weights, _ONE
        return _times_tier(points * items, person, tier_cap), weights, person.tier_multiplier

    return value


def per_currency_unit(
    *, rate: Fraction, multipliers: Mapping[str, Fraction], otherwise: Fraction, cap: Fraction, use_tier: bool
) -> Valuation:
    """Return a valuation of `rate` points per currency unit of what was paid.

    The total is spread over the lines by their value, so a discount on the whole lowers every line. Each
    line counts times the multiplier of its category (`otherwise` if it has none of its own) times the
    beneficiary's tier multiplier (with `use_tier`) times those of the campaigns, this product being at most `cap`. A
    purchase without lines, or whose lines are all free, counts as one line without a category.
    """
    multiplied = _times_campaigns(rate, multipliers, otherwise, cap)

    @lru_cache(maxsize=_TIERS_REMEMBERED)
    def rates(numerator: int, denominator: int) -> tuple[dict[str, int], int, int]:
        tier = Fraction(numerator, denominator)
        exact = {name: rate * min(multiplier * tier, cap) for name, multiplier in multipliers.items()}
        usual = rate * min(otherwise * tier, cap)
        common = lcm(usual.denominator, *(each.denominator for each in exact.values()))
        return {name: int(each * common) for name, each in exact.items()}, int(usual * common), common

    def value(facts: Facts, person: CustomerFacts, campaigns: tuple[Campaign, ...]) -> Worth:
        purchase = facts.purchase
        if purchase is None:
            return _NOTHING
        tier = person.tier_multiplier if use_tier else _ONE
        if campaigns:
            return multiplied(purchase, tier, campaigns)
        by_category, usual, common = rates(tier.numerator, tier.denominator)
        if not purchase.lines_value:
            return purchase.total * usual // (common * 10**purchase.minor_digits), (), tier
        weights = [
            worth * by_category.get(line.category, usual)
            for worth, line in zip(purchase.values, purchase.lines, strict=True)
        ]
        return _points(purchase, weights, common), weights, tier

    return value


def _times_campaigns(
    rate: Fraction, multipliers: Mapping[str, Fraction], otherwise: Fraction, cap: Fraction
) -> Callable[[PurchaseFacts, Fraction, tuple[Campaign, ...]], Worth]:
    """Return the valuation of a purchase, for a tier multiplier, whose lines campaigns multiply each as it says."""

    @lru_cache(maxsize=_RATES_REMEMBERED)
    def rate_of(category: str, factor: Fraction) -> Fraction:
        return rate * min(multipliers.get(category, otherwise) * factor, cap)

    def value(purchase: PurchaseFacts, tier: Fraction, campaigns: tuple[Campaign, ...]) -> Worth:
        def line_rate(category: str, sku: str) -> Fraction:
            return rate_of(category, prod((each.terms.factor(category, sku) for each in campaigns), start=tier))

        if not purchase.lines_value:
            return int(purchase.total * line_rate("", "") / 10**purchase.minor_digits), (), tier
        line_rates = [line_rate(line.category, line.sku) for line in purchase.lines]
        common = lcm(*(each.denominator for each in line_rates))
        weights = [
            worth * each.numerator * (common // each.denominator)
            for worth, each in zip(purchase.values, line_rates, strict=True)
        ]
        return _points(purchase, weights, common), weights, tier

    return value


def _points(purchase: PurchaseFacts, weights: Sequence[int], common: int) -> int:
    """The whole points of a purchase whose lines weigh so much, in `common`-ths of a point for each minor unit."""
    divisor: int = common * 10**purchase.minor_digits * purchase.lines_value
    return purchase.total * sum(weights) // divisor


def _times_tier(points: int, person: CustomerFacts, cap: Fraction) -> int:
    tier = min(person.tier_multiplier, cap)
    return points * tier.numerator // tier.denominator
