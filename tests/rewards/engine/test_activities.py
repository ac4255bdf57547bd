"""What customers do besides buying sets off the policies of its kind."""

import pytest
from msgspec.structs import replace

from tests.rewards.engine.examples import ALICE, BOB, decide, facts, points_of, policy, reasons

SHARE = {"points": {"fixed": 10}}
THRICE_A_DAY = {"per_customer": {"times": 3, "per": "day"}}


def on(activity=None, beneficiary="customer", **rest):
    kind = {} if activity is None else {"activity": activity}
    return {"trigger": "activity.recorded", "beneficiary": beneficiary, **kind, **rest}


def did(kind, **rest):
    return facts(trigger="activity.recorded", activity=kind, **rest)


def test_an_activity_sets_off_the_policies_of_its_kind_and_those_of_any():
    policies = [policy(1, SHARE, **on("social_share")), policy(2, **on("product_review")), policy(3, **on())]
    decision = decide(did("social_share"), *policies)
    assert [(award.policy_id, award.customer_id, award.points) for award in decision.awards] == [
        (1, BOB.id, 10), (3, BOB.id, 500),
    ]  # fmt: skip


def test_a_policy_of_another_kind_is_not_even_asked():
    assert reasons(did("social_share"), policy(**on("product_review"))) == []


def test_no_other_trigger_sets_off_a_policy_of_activities():
    assert decide(facts(), policy(**on())).awards == ()


def test_a_condition_may_ask_for_the_kind():
    either = policy(**on(when="activity.kind in ['product_review', 'social_share'] && customer.purchases == 0"))
    assert points_of(did("social_share"), either) == [500]
    assert reasons(did("app_install"), either) == ["condition_not_met"]


def test_a_friends_activity_may_benefit_the_referrer():
    given = decide(did("product_review"), policy(**on("product_review", "referrer")))
    assert [award.customer_id for award in given.awards] == [ALICE.id]
    assert reasons(did("product_review", referrer=None), policy(**on("product_review", "referrer"))) == ["no_referrer"]


@pytest.mark.parametrize(("times", "given"), [(0, [10]), (2, [10]), (3, [])])
def test_a_limit_a_day_bounds_it(times, given):
    share = policy(1, SHARE, **on("social_share", limits=THRICE_A_DAY))
    used = {(1, BOB.id, "day:2026-11-20"): (times, times * 10)}
    assert points_of(did("social_share", usage=used), share) == given


def test_facts_without_a_kind_are_refused():
    with pytest.raises(ValueError, match="needs the kind"):
        decide(replace(did("social_share"), activity=""), policy(**on()))
