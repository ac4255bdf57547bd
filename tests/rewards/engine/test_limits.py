"""Limits: what is left is given, and when nothing is left the reason is said."""

from datetime import date

import pytest

from rewards.engine.limits import period_key
from tests.rewards.engine.examples import ALICE, BOB, FIXED, decide, facts, paid, points_of, policy, reasons

AT_EVERY = {"scope": "per_friend", "measure": "purchases", "every": 1}


def used(times, points, *, period="ever", customer=BOB.id, policy_id=1):
    return facts(usage={(policy_id, customer, period): (times, points)})


def test_points_per_purchase_are_clipped():
    clipped = policy(give={"points": {"per_currency_unit": 1}}, limits={"per_purchase": {"points": 1000}})
    assert points_of(facts(paid(99_900)), clipped) == [999]
    assert points_of(facts(paid(100_100)), clipped) == [1000]


def test_the_shares_of_clipped_points_add_up_to_them():
    clipped = policy(limits={"per_purchase": {"points": 7}})
    (award,) = decide(facts(), clipped).awards
    assert (award.points, award.shares) == (7, (7,))


def test_points_per_customer_are_clipped_to_what_is_left():
    limited = policy(limits={"per_customer": {"points": 1200}})
    assert points_of(used(2, 1000), limited) == [200]


def test_nothing_left_of_the_points_is_a_reached_limit():
    limited = policy(limits={"per_customer": {"points": 1000}})
    assert reasons(used(2, 1000), limited) == ["limit_reached"]
    assert reasons(used(2, 1500), limited) == ["limit_reached"]


def test_the_last_time_is_given_and_the_next_is_not():
    limited = policy(limits={"per_customer": {"times": 5}})
    assert points_of(used(4, 0), limited) == [500]
    assert reasons(used(5, 0), limited) == ["limit_reached"]


def test_times_limit_grants_as_well():
    limited = policy(give={"grant": {"option": "mug"}}, limits={"per_customer": {"times": 1}})
    assert len(decide(facts(), limited).awards) == 1
    assert reasons(used(1, 0), limited) == ["limit_reached"]


def test_the_usage_is_that_of_the_beneficiary():
    limited = policy(beneficiary="referrer", limits={"per_customer": {"times": 1}})
    assert points_of(used(1, 500, customer=BOB.id), limited) == [500]
    assert reasons(used(1, 500, customer=ALICE.id), limited) == ["limit_reached"]


def test_the_usage_is_that_of_the_policy():
    limited = policy(limits={"per_customer": {"times": 1}})
    assert points_of(used(1, 500, policy_id=2), limited) == [500]


@pytest.mark.parametrize(
    ("per", "now", "before"),
    [
        ("day", "day:2026-11-20", "day:2026-11-19"),
        ("week", "week:2026-W47", "week:2026-W46"),
        ("month", "month:2026-11", "month:2026-10"),
        ("year", "year:2026", "year:2025"),
    ],
)
def test_only_the_current_period_counts(per, now, before):
    limited = policy(limits={"per_customer": {"times": 1, "per": per}})
    assert points_of(used(1, 500, period=before), limited) == [500]
    assert reasons(used(1, 500, period=now), limited) == ["limit_reached"]


@pytest.mark.parametrize(
    ("day", "week"),
    [(date(2027, 1, 3), "week:2026-W53"), (date(2024, 12, 30), "week:2025-W01"), (date(2026, 11, 20), "week:2026-W47")],
)
def test_a_week_belongs_to_the_year_of_its_thursday(day, week):
    assert period_key("week", day) == week


def test_there_is_no_other_period():
    with pytest.raises(ValueError, match="fortnight"):
        period_key("fortnight", date(2026, 11, 20))


def test_awards_of_one_evaluation_count_towards_its_limits():
    limited = policy(milestones=AT_EVERY, limits={"per_customer": {"points": 1200}})
    passing_five = facts(reached={("per_friend", "purchases"): (0, 5)}, usage={(1, BOB.id, "ever"): (1, 100)})
    decision = decide(passing_five, limited)
    assert [(award.points, award.milestone) for award in decision.awards] == [(500, 1), (500, 2), (100, 3)]
    assert [refusal.code for refusal in decision.refusals] == ["limit_reached"]


def test_awards_of_one_evaluation_count_as_times():
    limited = policy(milestones=AT_EVERY, limits={"per_customer": {"times": 3}})
    passing_five = facts(reached={("per_friend", "purchases"): (0, 5)}, usage={(1, BOB.id, "ever"): (1, 500)})
    assert points_of(passing_five, limited) == [500, 500]
    assert reasons(passing_five, limited) == ["limit_reached"]


def test_points_per_purchase_bound_all_awards_of_the_purchase_together():
    limited = policy(milestones=AT_EVERY, limits={"per_purchase": {"points": 700}})
    passing_three = facts(reached={("per_friend", "purchases"): (0, 3)})
    assert points_of(passing_three, limited) == [500, 200]


def test_two_policies_have_limits_of_their_own():
    limits = {"per_customer": {"times": 1}}
    assert points_of(used(1, 500), policy(1, FIXED, limits=limits), policy(2, FIXED, limits=limits)) == [500]
