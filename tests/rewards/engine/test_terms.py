"""A policy may say when its points can be spent, and when they lapse; the award keeps it."""

import pytest

from rewards.engine.decision import Award
from rewards.engine.terms import AS_THE_WALLET_SAYS, Terms
from tests.rewards.engine.examples import decide, facts, policy


@pytest.mark.parametrize(
    "said",
    [
        {"pending_days": 0},
        {"pending_days": 14, "expiry_months": 6},
        {"expires": "never"},
        {"pending_until": "email_verified"},
        {},
    ],
)
def test_an_award_keeps_what_its_policy_says_and_no_more(said):
    (award,) = decide(facts(), policy(1, {"points": {"fixed": 10, **said}})).awards
    assert award.terms == Terms(**said)
    assert award.to_json().get("terms", {}) == said
    assert Award.from_json(award.to_json()) == award


def test_a_grant_has_no_terms():
    (award,) = decide(facts(), policy(1, {"grant": {"option": "mug"}})).awards
    assert award.terms is AS_THE_WALLET_SAYS
