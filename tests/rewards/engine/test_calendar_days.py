"""On which days a policy is due, and what its definition may say of them."""

from datetime import date, timedelta

import pytest

from rewards.engine.definition import parse
from rewards.engine.problems import DefinitionError
from tests.rewards.engine.examples import facts, points_of, policy, reasons

GIVE = {"points": {"fixed": 50}}


def every(**days):
    return {"trigger": "schedule.due", "beneficiary": "customer", "every": days}


def days_of(first, said):
    days = [first + timedelta(days=number) for number in range(31)]
    return [day.day for day in days if day.month == first.month and said.has(day)]


@pytest.mark.parametrize(
    ("year", "month", "days", "due"),
    [
        (2026, 11, {"week": ["mon"]}, [2, 9, 16, 23, 30]),
        (2026, 11, {"week": ["sat", "sun"]}, [1, 7, 8, 14, 15, 21, 22, 28, 29]),
        (2026, 11, {"month": [1, 15]}, [1, 15]),
        (2026, 11, {"month": [31]}, [30]),
        (2026, 12, {"month": [31]}, [31]),
        (2026, 2, {"month": [28, 29, 30, 31]}, [28]),
        (2028, 2, {"month": [28, 30]}, [28, 29]),
    ],
)
def test_days_that_a_month_does_not_have_are_its_last(year, month, days, due):
    said = parse({**every(**days), "give": GIVE}).every
    assert days_of(date(year, month, 1), said) == due


def test_a_policy_gives_on_its_days_and_on_no_others():
    first = policy(give=GIVE, **every(month=[20]), when="customer.tier == 'bronze'")
    assert points_of(facts(trigger="schedule.due", day=date(2026, 11, 20)), first) == [50]
    assert reasons(facts(trigger="schedule.due", day=date(2026, 11, 21)), first) == ["not_scheduled"]


def test_of_an_exclusive_group_the_first_that_is_due_gives():
    best = policy(1, {"points": {"fixed": 9}}, priority=1, exclusive_group="monthly", **every(month=[20]))
    usual = policy(2, GIVE, exclusive_group="monthly", **every(week=["fri"]))
    assert points_of(facts(trigger="schedule.due", day=date(2026, 11, 20)), usual, best) == [9]
    assert points_of(facts(trigger="schedule.due", day=date(2026, 11, 27)), usual, best) == [50]


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"every": {}}, "/every", "missing"),
        ({"every": {"week": ["mon"], "month": [1]}}, "/every", "not_allowed"),
        ({"every": {"week": ["monday"]}}, "/every/week/0", "not_a_choice"),
        ({"every": {"month": [0]}}, "/every/month/0", "out_of_range"),
        ({"every": {"month": [1, 1]}}, "/every/month", "duplicate"),
        ({"schedule": {"hours": ["08:00", "12:00"]}}, "/schedule", "not_allowed"),
        ({"trigger": "tier.changed"}, "/every", "not_allowed"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_place(changed, pointer, code):
    with pytest.raises(DefinitionError) as refused:
        parse({**every(week=["mon"]), "give": GIVE, **changed})
    assert (pointer, code) in [(problem.pointer, problem.code) for problem in refused.value.problems]


def test_which_days_must_be_said():
    with pytest.raises(DefinitionError, match="every is missing"):
        parse({"trigger": "schedule.due", "beneficiary": "customer", "give": GIVE})
