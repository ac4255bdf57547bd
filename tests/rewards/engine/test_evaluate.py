"""The order in which policies are asked, who benefits, and why not."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rewards.engine.evaluate import evaluate
from rewards.engine.policy import PolicySet
from tests.rewards.engine.examples import ALICE, BOB, decide, facts, paid, points_of, policy, reasons

GROUP = {"exclusive_group": "welcome"}
NEVER = {"schedule": {"to": "1999-01-01"}}
MILESTONE = {"milestones": {"scope": "per_friend", "measure": "purchases", "at": [3]}}
AT_THIRD = {("per_friend", "purchases"): (2, 3)}
ONCE = {"limits": {"per_customer": {"times": 1}}}
USED_UP = {(1, ALICE.id, "ever"): (1, 500)}
LESS_THAN_A_POINT = {"points": {"per_currency_unit": "0.000001"}}


def test_a_policy_gives_to_the_buyer():
    (award,) = decide(facts(), policy(7)).awards
    assert (award.policy_id, award.version_id, award.policy_code) == (7, 70, "policy-7")
    assert (award.beneficiary, award.customer_id, award.kind, award.points) == ("buyer", BOB.id, "points", 500)


@pytest.mark.parametrize(("beneficiary", "customer"), [("buyer", BOB), ("referrer", ALICE), ("referee", BOB)])
def test_each_beneficiary_is_one_of_the_two(beneficiary, customer):
    (award,) = decide(facts(), policy(beneficiary=beneficiary)).awards
    assert (award.beneficiary, award.customer_id) == (beneficiary, customer.id)


@pytest.mark.parametrize("beneficiary", ["referrer", "referee"])
def test_without_a_referrer_neither_side_of_the_referral_benefits(beneficiary):
    assert reasons(facts(referrer=None), policy(beneficiary=beneficiary)) == ["no_referrer"]


@pytest.mark.parametrize("trigger", ["referral.joined", "referral.qualified"])
def test_a_referral_rewards_both_sides(trigger):
    sides = [
        policy(1, {"points": {"fixed": 500}}, trigger=trigger, beneficiary="referrer"),
        policy(2, {"points": {"fixed": 100}}, trigger=trigger, beneficiary="referee"),
    ]
    awards = decide(facts(trigger=trigger), *sides).awards
    assert [(award.customer_id, award.points) for award in awards] == [(ALICE.id, 500), (BOB.id, 100)]


def test_points_for_joining_have_no_lines_to_be_shared_over():
    joined = policy(trigger="referral.joined", beneficiary="referee")
    (award,) = decide(facts(trigger="referral.joined"), joined).awards
    assert award.shares == ()


def test_policies_of_other_triggers_are_not_asked():
    decision = decide(facts(), policy(trigger="referral.joined", beneficiary="referrer"))
    assert (decision.awards, decision.refusals) == ((), ())


def test_policies_are_asked_by_priority_and_then_by_code():
    awards = decide(facts(), policy(3), policy(2), policy(9, priority=1), policy(1, priority=-1)).awards
    assert [award.policy_id for award in awards] == [9, 2, 3, 1]


def test_of_an_exclusive_group_only_the_first_gives():
    decision = decide(facts(), policy(1, **GROUP), policy(2, **GROUP), policy(3))
    assert [award.policy_id for award in decision.awards] == [1, 3]
    assert [(refusal.policy_id, refusal.code) for refusal in decision.refusals] == [(2, "outranked")]


def test_a_policy_that_gives_nothing_leaves_its_group_to_the_next():
    first = policy(1, {"points": {"per_unit": 5, "category": "toys"}}, **GROUP)
    used_up = policy(2, limits={"per_customer": {"times": 1}}, **GROUP)
    usage = {(2, BOB.id, "ever"): (1, 500)}
    decision = decide(facts(usage=usage), first, used_up, policy(3, **GROUP))
    assert [award.policy_id for award in decision.awards] == [3]
    assert [refusal.code for refusal in decision.refusals] == ["nothing_to_give", "limit_reached"]


def test_groups_do_not_touch_each_other():
    others = policy(2, exclusive_group="other")
    assert points_of(facts(), policy(1, **GROUP), others) == [500, 500]


def test_a_condition_decides():
    when = {"when": "purchase.total >= 2500 && 'meals' in purchase.categories"}
    assert points_of(facts(paid(2500)), policy(**when)) == [500]
    assert reasons(facts(paid(2499)), policy(**when)) == ["condition_not_met"]


@pytest.mark.parametrize(
    "failing", ["100 / customer.purchases > 1", "purchase.total % 0 == 0", "purchase.total * 9223372036854775807 > 0"]
)
def test_a_condition_that_fails_refuses_its_own_policy_and_no_other(failing):
    decision = decide(facts(), policy(1, when=failing), policy(2))
    assert [refusal.code for refusal in decision.refusals] == ["condition_error"]
    assert [award.policy_id for award in decision.awards] == [2]


# Each row has everything against it that the rows after it have, so the order of the questions shows.
@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("not_scheduled", ()),
        ("no_referrer", ("schedule",)),
        ("condition_not_met", ("schedule", "referrer")),
        ("milestone_not_reached", ("schedule", "referrer", "when")),
        ("outranked", ("schedule", "referrer", "when", "milestones")),
        ("nothing_to_give", ("schedule", "referrer", "when", "milestones", "group")),
        ("limit_reached", ("schedule", "referrer", "when", "milestones", "group", "give")),
    ],
)
def test_the_first_obstacle_is_the_reason(code, missing):
    against = {"schedule": NEVER, "when": {"when": "false"}, "milestones": MILESTONE, "group": GROUP}
    parts = {key: value for name, part in against.items() if name not in missing for key, value in part.items()}
    give = {"points": {"fixed": 500}} if "give" in missing else LESS_THAN_A_POINT
    asked = policy(1, give, beneficiary="referrer", **ONCE, **parts)
    rival = policy(2, priority=1, **GROUP)
    given_facts = facts(referrer=ALICE if "referrer" in missing else None, usage=USED_UP)
    assert reasons(given_facts, asked, rival) == [code]


def test_a_trigger_about_a_purchase_needs_one():
    without = replace(facts(), purchase=None)
    with pytest.raises(ValueError, match="needs a purchase"):
        decide(without, policy())


def test_an_unknown_trigger_is_an_error_and_not_an_empty_decision():
    with pytest.raises(ValueError, match=r"purchase\.dreamt"):
        decide(replace(facts(), trigger="purchase.dreamt"), policy())


def test_what_happens_on_a_refund_goes_with_the_award():
    kept, revoked = decide(facts(), policy(1, on_refund="keep"), policy(2)).awards
    assert (kept.on_refund, revoked.on_refund) == ("keep", "revoke")


def test_whether_points_count_for_the_tier_goes_with_the_award():
    give = {"points": {"fixed": 5, "counts_for_tier": False}}
    bonus, normal = decide(facts(), policy(1, give), policy(2)).awards
    assert (bonus.counts_for_tier, normal.counts_for_tier) == (False, True)


@given(st.permutations(range(1, 8)))
def test_the_order_in_which_policies_are_listed_changes_nothing(order):
    rules = {1: GROUP, 2: GROUP, 3: {"when": "false"}, 4: MILESTONE, 5: ONCE, 6: {"priority": 5, **GROUP}, 7: {}}
    given_facts = facts(reached=AT_THIRD)
    listed = [policy(number, **rules[number]) for number in order]
    assert decide(given_facts, *listed) == decide(given_facts, *sorted(listed, key=lambda each: each.policy_id))


def test_the_same_facts_give_the_same_decision_and_stay_as_they_were():
    given_facts, policies = facts(reached=AT_THIRD, usage=USED_UP), PolicySet([policy(**MILESTONE), policy(2, **ONCE)])
    before = copy.deepcopy(given_facts)
    first, second = evaluate(given_facts, policies), evaluate(given_facts, policies)
    assert first == second
    assert given_facts == before
