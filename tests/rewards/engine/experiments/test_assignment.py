"""Who gets which variant: for ever the same, evenly spread, and told in a decision."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import msgspec

from rewards.engine.decision import SENTENCES
from rewards.engine.experiments.assignment import PLACES, Round, Trial, place_of, shared_out
from rewards.engine.facts import CustomerFacts
from rewards.engine.policy import PolicySet
from rewards.engine.tracing import trace
from tests.rewards.engine.examples import decide, facts, policy

NOON = facts().occurred_at
PEOPLE = range(1, 20_001)
HALVES = Round(0, NOON, (5_000, 5_000))
TRIAL = Trial("more", "salt", "holdout", 500, (0, 2), (HALVES,))


def share(found):
    return sum(found) / len(PEOPLE)


def test_a_place_is_that_of_a_known_hash():
    # What `printf salt/0:7 | sha256sum` begins with.
    assert place_of("salt/0", 7) == 0x7F80ACE0 % PLACES


def test_customers_are_spread_by_shares_and_independently_of_who_is_held_out():
    trial = msgspec.structs.replace(TRIAL, policies=(0, 2, 3), rounds=(Round(0, NOON, shared_out((2, 1, 1))),))
    for number, expected in enumerate((0.5, 0.25, 0.25)):
        in_it = [trial.variant_of(person, NOON) == number for person in PEOPLE]
        assert abs(share(in_it) - expected) < 0.015
    held_out = [trial.refuses(2, person, NOON) == "held_out" for person in PEOPLE]
    assert abs(share(held_out) - 0.05) < 0.006
    both = [held and trial.variant_of(person, NOON) == 0 for held, person in zip(held_out, PEOPLE, strict=True)]
    assert abs(share(both) - 0.025) < 0.005


def test_before_it_begins_all_are_in_the_control_and_afterwards_in_the_winner_but_for_those_held_out_for_ever():
    stopped = msgspec.structs.replace(TRIAL, stopped_at=NOON + timedelta(days=9), winner=1)
    for person in PEOPLE[:2_000]:
        said = stopped.refuses(2, person, NOON + timedelta(days=9))
        assert stopped.refuses(2, person, NOON - timedelta(days=1)) in {"another_variant", "held_out"}
        assert said == ("held_out" if place_of("holdout", person) < 500 else "")
        assert (TRIAL.refuses(2, person, NOON) == "held_out") == (said == "held_out")


def test_each_round_shuffles_anew_and_a_late_purchase_counts_in_its_own_round():
    later = NOON + timedelta(days=7)
    trial = msgspec.structs.replace(TRIAL, rounds=(HALVES, Round(1, later, (5_000, 5_000))))
    moved = [trial.variant_of(person, NOON) != trial.variant_of(person, later) for person in PEOPLE]
    assert abs(share(moved) - 0.5) < 0.015
    assert all(trial.variant_of(person, NOON) == TRIAL.variant_of(person, NOON) for person in PEOPLE[:500])


def test_the_beneficiary_gets_the_policy_of_their_variant_alone_and_the_others_say_why():
    trial = msgspec.structs.replace(TRIAL, policies=(1, 2), held_out=0)
    tried = [replace(policy(number), trial=trial) for number in (1, 2)]
    for person in PEOPLE[:50]:
        buyer = CustomerFacts(person, "", Fraction(1), 0, is_referred=False)
        given = facts(buyer=buyer, referrer=None)
        decision = decide(given, *tried, policy(3))
        own = 1 + trial.variant_of(person, NOON)
        assert [award.policy_id for award in decision.awards] == [own, 3]
        assert [(refusal.policy_id, refusal.code) for refusal in decision.refusals] == [(3 - own, "another_variant")]
        (refused,) = [each for each in trace(given, PolicySet(tried)) if each.refusal]
        assert (refused.steps[-1].name, refused.steps[-1].passed) == ("experiment", False)
    assert "another_variant" in SENTENCES
