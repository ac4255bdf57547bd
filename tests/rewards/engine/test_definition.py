"""A definition that cannot work is refused with every problem and its place."""

from datetime import datetime
from fractions import Fraction

import pytest
import yaml

from rewards.engine.definition import Definition, parse
from rewards.engine.limits import Limits
from rewards.engine.milestones import Milestones
from rewards.engine.problems import DefinitionError
from rewards.engine.schedules import Schedule
from rewards.engine.terms import Terms
from tests.rewards.engine.examples import FIXED, definition

EVERYTHING = """
trigger: purchase.completed
beneficiary: referrer
when: "purchase.total >= 2500 && 'meals' in purchase.categories && referrer.tier == 'gold'"
give:
  points:
    per_currency_unit: 1.5
    categories: {electronics: 2.0, fashion: "1.25"}
    only_categories: true
    excluded_categories: [gift-cards]
    tier_multiplier: true
    max_multiplier: 8
    counts_for_tier: false
    pending_days: 14
    expiry_months: 6
milestones: {scope: per_friend, measure: "units:meals", at: [1, 100, 1000]}
limits:
  per_purchase: {points: 1000}
  per_customer: {times: 5, points: 10000, per: month}
on_refund: keep
priority: -3
exclusive_group: welcome
schedule: {from: 2026-11-01T00:00:00, to: 2026-12-01, weekdays: [sat, sun], hours: ["18:00", "22:00"]}
"""


def problems_of(raw):
    with pytest.raises(DefinitionError) as caught:
        parse(raw)
    return [(problem.pointer, problem.code) for problem in caught.value.problems]


def test_everything_that_can_be_said_is_read():
    read = parse(yaml.safe_load(EVERYTHING))
    assert read.give.rate == Fraction(3, 2)
    assert read.give.categories == {"electronics": 2, "fashion": Fraction(5, 4)}
    assert (read.give.excluded_categories, read.give.only_categories) == (("gift-cards",), True)
    assert (read.give.tier_multiplier, read.give.max_multiplier, read.give.counts_for_tier) == (True, 8, False)
    assert read.give.terms == Terms(pending_days=14, expiry_months=6)
    assert read.milestones == Milestones("per_friend", "units:meals", (1, 100, 1000))
    assert read.limits == Limits(points_per_purchase=1000, times=5, points=10000, per="month")
    assert (read.on_refund, read.priority, read.exclusive_group) == ("keep", -3, "welcome")
    assert read.schedule == Schedule(
        datetime.fromisoformat("2026-11-01"),
        datetime.fromisoformat("2026-12-01"),
        frozenset({5, 6}),
        (18 * 60, 22 * 60),
    )


def test_little_needs_to_be_said():
    read = parse(definition())
    assert isinstance(read, Definition)
    assert (read.when, read.milestones, read.limits, read.schedule) == ("", None, Limits(), None)
    assert (read.on_refund, read.priority, read.exclusive_group) == ("revoke", 0, "")
    assert (read.give.tier_multiplier, read.give.max_multiplier, read.give.counts_for_tier) == (False, 10, True)
    assert (read.activity, read.give.terms) == ("", Terms())


def test_all_problems_are_told_at_once_with_their_places():
    wrong = {
        "trigger": "purchase.completed",
        "beneficiary": "nobody",
        "colour": "red",
        "when": "purchase.totl > 5",
        "give": {"points": {"fixed": 0, "categories": {"a/b": -1}}},
        "limits": {"per_customer": {"per": "fortnight"}},
        "schedule": {"weekdays": ["sat", "caturday"]},
    }
    assert problems_of(wrong) == [
        ("/colour", "unknown_key"),
        ("/beneficiary", "not_a_choice"),
        ("/give/points/categories", "not_allowed"),
        ("/give/points/fixed", "out_of_range"),
        ("/give/points/categories/a~1b", "out_of_range"),
        ("/when", "unknown_name"),
        ("/limits/per_customer", "missing"),
        ("/limits/per_customer/per", "not_a_choice"),
        ("/schedule/weekdays/1", "not_a_choice"),
    ]


@pytest.mark.parametrize(
    "rate",
    [0, -1, "0", True, None, "1e3", "1_000", " 7 ", "٣", "0x1", "+1", "1.", float("nan"), float("inf"), 1e308, 10**18,
     "1" * 26, 0.0000001, 5e-324, "0.0000001"],
)  # fmt: skip
def test_a_rate_is_a_plain_positive_number(rate):
    assert [pointer for pointer, _ in problems_of(definition({"points": {"per_currency_unit": rate}}))] == [
        "/give/points/per_currency_unit"
    ]


@pytest.mark.parametrize("missing", ["trigger", "beneficiary", "give"])
def test_what_must_be_said_is_missed(missing):
    raw = definition()
    del raw[missing]
    assert problems_of(raw) == [("", "missing")]


@pytest.mark.parametrize("raw", [None, [], "x", 5])
def test_a_definition_is_a_mapping(raw):
    assert problems_of(raw) == [("", "wrong_type")]


@pytest.mark.parametrize(
    ("extra", "pointer"),
    [
        ({"give": {"points": {"per_unit": 1}}}, "/give/points/per_unit"),
        ({"give": {"points": {"per_currency_unit": 1}}}, "/give/points/per_currency_unit"),
        ({"when": "purchase.total > 0"}, "/when"),
        ({"limits": {"per_purchase": {"points": 5}}}, "/limits/per_purchase"),
        ({"milestones": {"scope": "per_friend", "measure": "purchases", "every": 1}}, "/milestones"),
    ],
)
def test_joining_knows_no_purchase(extra, pointer):
    raw = {"trigger": "referral.joined", "beneficiary": "referrer", "give": FIXED, **extra}
    assert [found for found, _ in problems_of(raw)] == [pointer]


def test_a_problem_in_a_condition_says_where_in_the_text():
    with pytest.raises(DefinitionError) as caught:
        parse(definition(when="purchase.total > 5 && purchase.totl > 5"))
    (problem,) = caught.value.problems
    assert problem.detail == "purchase.totl is not known here; did you mean purchase.total? (at offset 22)"
    assert str(caught.value) == f"/when: {problem.detail}"
