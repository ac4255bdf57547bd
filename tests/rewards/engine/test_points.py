"""How many points a purchase gives: exact, and rounded down once."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from tests.rewards.engine.examples import (
    BOB,
    ONE_PER_UNIT,
    decide,
    facts,
    line,
    paid,
    points_of,
    policy,
    purchase,
    reasons,
)

SILVER = replace(BOB, tier="silver", tier_multiplier=Fraction(5, 4))
GOLD = replace(BOB, tier="gold", tier_multiplier=Fraction(3, 2))
PLATINUM = replace(BOB, tier="platinum", tier_multiplier=Fraction(2))
WITH_TIER = {"points": {"per_currency_unit": 1, "tier_multiplier": True}}


@pytest.mark.parametrize("cents", [0, 1, 99])
def test_less_than_one_currency_unit_gives_nothing(cents):
    assert points_of(facts(paid(cents)), policy(give=ONE_PER_UNIT)) == []
    assert reasons(facts(paid(cents)), policy(give=ONE_PER_UNIT)) == ["nothing_to_give"]


def test_seven_dollars_of_a_silver_customer_give_eight_points():
    assert points_of(facts(paid(700), buyer=SILVER), policy(give=WITH_TIER)) == [8]


def test_tier_and_category_multiply_before_the_one_rounding():
    give = {"points": {"per_currency_unit": 1, "categories": {"electronics": 2.0}, "tier_multiplier": True}}
    bought = purchase(line(1999, category="electronics"))
    assert points_of(facts(bought, buyer=GOLD), policy(give=give)) == [59]


@pytest.mark.parametrize(
    ("currency", "minor_digits", "total", "points"),
    [("JPY", 0, 1999, 1999), ("USD", 2, 1999, 19), ("KWD", 3, 1999, 1), ("KWD", 3, 999, None)],
)
def test_a_currency_unit_has_as_many_minor_units_as_its_currency_says(currency, minor_digits, total, points):
    bought = paid(total, currency=currency, minor_digits=minor_digits)
    assert points_of(facts(bought), policy(give=ONE_PER_UNIT)) == ([points] if points else [])


def test_three_lines_give_what_one_line_of_the_same_total_gives():
    three = purchase(line(3333), line(3333), line(3334))
    assert points_of(facts(three), policy(give=ONE_PER_UNIT)) == [100]
    assert points_of(facts(paid(10000)), policy(give=ONE_PER_UNIT)) == [100]


def test_a_discount_on_the_whole_purchase_lowers_every_line():
    bought = purchase(line(10000, category="books"), line(10000, category="fashion"), total=10000)
    give = {"points": {"per_currency_unit": 1, "categories": {"fashion": 3}}}
    (award,) = decide(facts(bought), policy(give=give)).awards
    assert (award.points, award.shares) == (200, (50, 150))


def test_a_decimal_in_a_definition_is_exactly_what_was_written():
    tenth = {"points": {"per_currency_unit": 0.1, "categories": {"meals": "1.1"}, "max_multiplier": 1.1}}
    assert points_of(facts(paid(100000)), policy(give=tenth)) == [110]


def test_the_product_of_multipliers_is_capped_at_ten():
    give = {"points": {"per_currency_unit": 1, "categories": {"meals": 15}, "tier_multiplier": True}}
    assert points_of(facts(paid(1000), buyer=PLATINUM), policy(give=give)) == [100]


def test_another_cap_can_be_given():
    points = {"per_currency_unit": 1, "categories": {"meals": 15}, "tier_multiplier": True}
    capped = policy(give={"points": {**points, "max_multiplier": "2.5"}})
    assert points_of(facts(paid(1000), buyer=PLATINUM), capped) == [25]


def test_the_cap_holds_for_a_tier_alone():
    capped = policy(give={"points": {"per_currency_unit": 1, "tier_multiplier": True, "max_multiplier": 1.5}})
    assert points_of(facts(paid(1000), buyer=PLATINUM), capped) == [15]


def test_other_categories_earn_nothing_if_only_the_named_ones_do():
    bought = purchase(line(1000, category="books"), line(1000, category="fashion"))
    points = {"per_currency_unit": 1, "categories": {"fashion": 1.5}, "only_categories": True}
    (award,) = decide(facts(bought), policy(give={"points": points})).awards
    assert (award.points, award.shares) == (15, (0, 15))


def test_an_excluded_category_earns_nothing():
    bought = purchase(line(1000, category="gift-cards"), line(1000, category="books"))
    points = {"per_currency_unit": 1, "excluded_categories": ["gift-cards"]}
    (award,) = decide(facts(bought), policy(give={"points": points})).awards
    assert (award.points, award.shares) == (10, (0, 10))


def test_a_tier_counts_only_where_the_policy_says_so():
    assert points_of(facts(paid(700), buyer=PLATINUM), policy(give=ONE_PER_UNIT)) == [7]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ({"fixed": 33, "tier_multiplier": True}, 49),
        ({"per_unit": 11, "tier_multiplier": True}, 33),
        ({"fixed": 33, "tier_multiplier": True, "max_multiplier": 1.25}, 41),
    ],
)
def test_a_tier_can_multiply_fixed_points_and_points_per_item(points, expected):
    bought = purchase(line(500, quantity=2))
    assert points_of(facts(bought, buyer=GOLD), policy(give={"points": points})) == [expected]


def test_the_award_says_which_tier_multiplier_was_used():
    (with_tier,) = decide(facts(paid(700), buyer=GOLD), policy(give=WITH_TIER)).awards
    (without,) = decide(facts(paid(700), buyer=GOLD), policy(give=ONE_PER_UNIT)).awards
    assert (with_tier.multiplier, without.multiplier) == (Fraction(3, 2), 1)


def test_the_tier_is_that_of_the_beneficiary():
    to_referrer = policy(give=WITH_TIER, beneficiary="referrer")
    assert points_of(facts(paid(1000), buyer=BOB, referrer=PLATINUM), to_referrer) == [20]


def test_points_per_item_count_items_and_not_lines():
    bought = purchase(line(900, quantity=3), line(100, category="drinks", quantity=2))
    all_items = decide(facts(bought), policy(give={"points": {"per_unit": 10}})).awards[0]
    only_meals = decide(facts(bought), policy(give={"points": {"per_unit": 10, "category": "meals"}})).awards[0]
    assert (all_items.points, all_items.shares) == (50, (30, 20))
    assert (only_meals.points, only_meals.shares) == (30, (30, 0))


def test_no_item_of_the_category_gives_nothing():
    per_toy = policy(give={"points": {"per_unit": 10, "category": "toys"}})
    assert reasons(facts(), per_toy) == ["nothing_to_give"]


def test_fixed_points_are_spread_by_the_value_of_the_lines():
    bought = purchase(line(1000), line(1000), line(1000))
    (award,) = decide(facts(bought), policy(give={"points": {"fixed": 500}})).awards
    assert award.shares == (167, 167, 166)


@pytest.mark.parametrize("bought", [purchase(total=1550), purchase(line(0), line(0), total=1550)])
def test_a_total_that_no_line_explains_earns_for_the_purchase_as_a_whole(bought):
    (award,) = decide(facts(bought), policy(give=ONE_PER_UNIT)).awards
    assert (award.points, award.shares) == (15, ())


def test_what_no_line_explains_is_of_no_category():
    only_meals = {"points": {"per_currency_unit": 1, "categories": {"meals": 1}, "only_categories": True}}
    assert reasons(facts(purchase(total=1550)), policy(give=only_meals)) == ["nothing_to_give"]


def test_no_policy_gives_over_ten_million_points_at_once():
    assert points_of(facts(paid(10**12)), policy(give={"points": {"per_currency_unit": 100}})) == [10_000_000]


@pytest.mark.parametrize(
    "wrong", [{"total": -1}, {"minor_digits": 5}, {"lines": (line(-1),)}, {"lines": (line(1, quantity=-1),)}]
)
def test_a_negative_amount_is_no_purchase(wrong):
    with pytest.raises(ValueError, match="at least 0"):
        replace(paid(100), **wrong)
