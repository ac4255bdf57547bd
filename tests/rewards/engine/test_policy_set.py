"""What must be known before deciding."""

from datetime import date

import pytest

from rewards.engine.policy import PolicySet, usage_keys
from tests.rewards.engine.examples import ALICE, BOB, facts, policy

PER_FRIEND = {"scope": "per_friend", "measure": "units:meals", "at": [1]}
ACROSS = {"scope": "across_friends", "measure": "purchases", "every": 10}
MONTHLY = {"per_customer": {"times": 5, "per": "month"}}


def test_it_names_the_counts_the_limits_and_the_options_to_load():
    counting = policy(1, milestones=PER_FRIEND)
    across = policy(2, milestones=ACROSS, limits=MONTHLY)
    granting = policy(3, {"grant": {"option": "mug"}}, limits={})
    policies = PolicySet([granting, across, counting])
    assert policies.measures == {("per_friend", "units:meals"), ("across_friends", "purchases")}
    assert policies.limited == (across,)
    assert policies.options == {"mug"}
    assert policies.policies == (counting, across, granting)


def test_an_empty_set_needs_nothing():
    empty = PolicySet([])
    assert (empty.measures, empty.limited, empty.options) == (frozenset(), (), frozenset())


def test_a_limit_per_purchase_needs_no_usage():
    assert PolicySet([policy(limits={"per_purchase": {"points": 5}})]).limited == ()


@pytest.mark.parametrize(("beneficiary", "customer"), [("buyer", BOB), ("referrer", ALICE)])
def test_the_usage_to_load_is_that_of_the_beneficiary_in_the_period(beneficiary, customer):
    limited = policy(7, beneficiary=beneficiary, limits=MONTHLY)
    assert usage_keys(facts(day=date(2026, 11, 30)), limited) == ((7, customer.id, "month:2026-11"),)


def test_there_is_no_usage_to_load_where_it_would_not_be_asked():
    joined = policy(trigger="referral.joined", beneficiary="referrer", limits=MONTHLY)
    assert usage_keys(facts(), policy()) == ()
    assert usage_keys(facts(), joined) == ()
    assert usage_keys(facts(referrer=None), policy(beneficiary="referrer", limits=MONTHLY)) == ()
