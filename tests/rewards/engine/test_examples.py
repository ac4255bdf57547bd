"""Examples say what a policy gives, and fail when it gives something else."""

from fractions import Fraction

import pytest

from rewards.engine.definition import parse
from rewards.engine.examples import FAILS, SCHEMA, Setting, check_examples
from tests.rewards.engine.examples import definition

SETTING = Setting("USD", 2, {"bronze": Fraction(1), "silver": Fraction(5, 4)})
PER_DOLLAR = {"points": {"per_currency_unit": 1, "tier_multiplier": True}}
MEALS = {"points": {"per_unit": 10, "category": "meals"}}


def problems(example, **said):
    examples = [{"name": "An example", **example}]
    return [(problem.pointer, problem.code) for problem in check_examples(parse(definition(**said)), examples, SETTING)]


HOLD = [
    ({"purchase": {"total": 1000}, "gives": {"points": 10}}, {}),
    ({"customer": {"tier": "silver"}, "purchase": {"total": 1000}, "gives": {"points": 12}}, {}),
    ({"purchase": {"total": 99}, "gives": {"nothing": "nothing_to_give"}}, {}),
    ({"purchase": {"total": 500}, "gives": {"nothing": "condition_not_met"}}, {"when": "purchase.total > 500"}),
    (
        {"purchase": {"total": 500}, "at": "2026-11-21T10:00", "gives": {"points": 5}},
        {"schedule": {"weekdays": ["sat"]}},
    ),
    (
        {"purchase": {"total": 500}, "used": {"points": 97}, "gives": {"points": 3}},
        {"limits": {"per_customer": {"points": 100}}},
    ),
    (
        {
            "referrer": {},
            "counted": 98,
            "purchase": {"total": 900, "items": [{"category": "meals", "quantity": 3, "unit_price": 300}]},
            "gives": {"option": "mug", "quantity": 2},
        },
        {
            "beneficiary": "referrer",
            "give": {"grant": {"option": "mug", "quantity": 2}},
            "milestones": {"scope": "per_friend", "measure": "units:meals", "at": [100]},
        },
    ),
]


@pytest.mark.parametrize(("example", "said"), HOLD)
def test_an_example_that_holds(example, said):
    assert problems(example, **{"give": PER_DOLLAR, **said}) == []


def test_an_example_fails_that_says_something_else_and_tells_what_comes_of_it():
    wrong = [{"name": "Ten dollars", "purchase": {"total": 1000}, "gives": {"points": 11}}]

    (problem,) = check_examples(parse(definition(PER_DOLLAR)), wrong, SETTING)

    assert (problem.pointer, problem.code) == ("/examples/0", FAILS)
    assert problem.detail == "gives 10 points, not 11 points"


@pytest.mark.parametrize(
    ("example", "place"),
    [
        ({"gives": {"points": 1}}, "/examples/0"),
        ({"purchase": {"total": 1}}, "/examples/0"),
        ({"purchase": {"total": -1}, "gives": {"points": 1}}, "/examples/0/purchase/total"),
        ({"purchase": {"total": 1}, "gives": {}}, "/examples/0/gives"),
        ({"purchase": {"total": 1}, "gives": {"nothing": "no idea"}}, "/examples/0/gives/nothing"),
        ({"purchase": {"total": 1}, "customer": {"tier": "wood"}, "gives": {"points": 1}}, "/examples/0/customer/tier"),
        ({"purchase": {"total": 1}, "counted": 5, "gives": {"points": 1}}, "/examples/0/counted"),
        ({"purchase": {"total": 1}, "used": {}, "gives": {"points": 1}}, "/examples/0/used"),
        ({"purchase": {"total": 1}, "activity": "x", "gives": {"points": 1}}, "/examples/0/activity"),
        ({"purchase": {"total": 1}, "at": "soon", "gives": {"points": 1}}, "/examples/0/at"),
        ({"purchase": {"total": 1}, "cart": 5, "gives": {"points": 1}}, "/examples/0/cart"),
    ],
)
def test_what_cannot_be_run_is_a_problem_with_its_place(example, place):
    ((pointer, code),) = problems(example, give=PER_DOLLAR)
    assert pointer == place
    assert code != FAILS


@pytest.mark.parametrize("examples", ["text", {"name": 1}, [[]] * 51, [5], None])
def test_examples_of_no_use_are_refused_whatever_they_are(examples):
    assert check_examples(parse(definition(MEALS)), examples, SETTING)


def test_the_schema_knows_every_key():
    assert set(SCHEMA["items"]["properties"]) == {
        "name", "customer", "referrer", "purchase", "activity", "at", "counted", "used", "gives",
    }  # fmt: skip
