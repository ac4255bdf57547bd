"""Milestones: each number is paid when the peak passes it, and never again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.engine.milestones import Milestones
from tests.rewards.engine.examples import ALICE, BOB, decide, facts, policy, purchase, reasons

MEAL = {"grant": {"option": "free-meal"}}
PER_FRIEND = {"scope": "per_friend", "measure": "units:meals", "at": [1, 100, 1000]}
ACROSS = {"scope": "across_friends", "measure": "purchases", "every": 10}


def meals(before, after):
    return facts(reached={("per_friend", "units:meals"): (before, after)})


def friends(before, after, referrer=ALICE):
    return facts(reached={("across_friends", "purchases"): (before, after)}, referrer=referrer)


def free_meal(**rest):
    return policy(give=MEAL, beneficiary="referrer", milestones=PER_FRIEND, **rest)


@pytest.mark.parametrize(
    ("before", "after", "reached"),
    [(0, 1, [1]), (0, 3, [1]), (1, 99, []), (99, 100, [100]), (99, 101, [100]), (100, 101, []), (999, 1000, [1000])],
)
def test_a_free_meal_for_the_1st_100th_and_1000th(before, after, reached):
    awards = decide(meals(before, after), free_meal()).awards
    assert [award.milestone for award in awards] == reached
    assert all((award.kind, award.option, award.quantity) == ("grant", "free-meal", 1) for award in awards)


def test_two_milestones_passed_at_once_give_one_award_each():
    awards = decide(meals(0, 150), free_meal()).awards
    assert [award.milestone for award in awards] == [1, 100]


def test_a_count_that_fell_and_rose_again_pays_nothing_twice():
    assert reasons(meals(100, 100), free_meal()) == ["milestone_not_reached"]


@given(st.lists(st.integers(-3, 5), max_size=60), st.sampled_from([{"at": (1, 7, 20)}, {"every": 3}]))
def test_whatever_the_counts_do_each_milestone_is_paid_once(steps, numbers):
    """The count goes up and down; its peak, which is what the engine is given, never falls."""
    milestones = Milestones(scope="per_friend", measure="purchases", **numbers)
    count, peak, paid = 0, 0, []
    for step in steps:
        count = max(0, count + step)
        paid += milestones.passed(peak, max(peak, count))
        peak = max(peak, count)
    due = [n for n in range(1, peak + 1) if n in numbers.get("at", ()) or n % numbers.get("every", peak + 1) == 0]
    assert paid == due


def test_every_tenth_purchase_of_all_friends_together():
    tenth = policy(beneficiary="referrer", milestones=ACROSS)
    assert [award.milestone for award in decide(friends(9, 10), tenth).awards] == [10]
    assert [award.milestone for award in decide(friends(9, 30), tenth).awards] == [10, 20, 30]
    assert decide(friends(10, 19), tenth).awards == ()


def test_a_milestone_names_what_was_counted_and_whose_count_it_was():
    (per_friend,) = decide(meals(0, 1), free_meal()).awards
    (across,) = decide(friends(9, 10), policy(beneficiary="referrer", milestones=ACROSS)).awards
    assert (per_friend.scope, per_friend.measure, per_friend.subject_id) == ("per_friend", "units:meals", BOB.id)
    assert (across.scope, across.measure, across.subject_id) == ("across_friends", "purchases", ALICE.id)


def test_a_refusal_says_which_number_comes_next():
    (refusal,) = decide(meals(37, 38), free_meal()).refusals
    assert (refusal.code, refusal.args) == ("milestone_not_reached", {"next": 100})
    (refusal,) = decide(friends(10, 11), policy(milestones=ACROSS)).refusals
    assert refusal.args == {"next": 20}


def test_after_the_last_milestone_there_is_none_to_reach():
    assert reasons(meals(1000, 1001), free_meal()) == ["milestones_completed"]


def test_a_count_that_is_not_known_has_reached_nothing():
    assert reasons(facts(), free_meal()) == ["milestone_not_reached"]


def test_friends_of_nobody_are_not_counted():
    assert reasons(friends(9, 10, referrer=None), policy(milestones=ACROSS)) == ["no_referrer"]


def test_a_huge_purchase_does_not_give_awards_without_end():
    every = policy(give=MEAL, milestones={"scope": "per_friend", "measure": "units:meals", "every": 1})
    decision = decide(meals(0, 10**9), every)
    assert len(decision.awards) == 1000
    assert [refusal.code for refusal in decision.refusals] == ["too_many_milestones"]


def test_points_of_each_milestone_are_shared_over_the_lines():
    given_facts = facts(purchase(), reached={("per_friend", "units:meals"): (0, 100)})
    awards = decide(given_facts, policy(milestones=PER_FRIEND)).awards
    assert [(award.points, award.milestone) for award in awards] == [(500, 1), (500, 100)]
