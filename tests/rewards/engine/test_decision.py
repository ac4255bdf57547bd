"""Decisions are kept small, come back whole, and can be read."""

import inspect
import json
import re
from fractions import Fraction

import msgspec
import pytest
from msgspec.structs import replace

from rewards.engine import evaluate as evaluate_module
from rewards.engine.campaigns import taking as taking_module
from rewards.engine.decision import SENTENCES, Award, Decision, FromCampaign, Refusal
from rewards.engine.effects import EFFECTS
from rewards.engine.terms import Terms
from tests.rewards.engine.examples import BOB, decide, facts, line, policy, purchase

OTHER_REASONS = {
    "another_variant",
    "held_out",
    "unknown_code",
    "own_code",
    "already_referred",
    "existing_customer",
    "code_retired",
    "mistyped_code",
    "not_started",
    "ended",
    "used_up",
    "not_for_you",
    "not_accepted",
}
ENGINE_REASONS = {
    "not_scheduled", "no_referrer", "condition_not_met", "condition_error", "milestone_not_reached",
    "milestones_completed", "too_many_milestones", "outranked", "nothing_to_give", "limit_reached",
    "campaign_not_running", "not_eligible", "not_joined", "budget_exhausted", "campaign_limit_reached",
    "has_badge", "highest_tier",
}  # fmt: skip
MEALS = {"scope": "per_friend", "measure": "units:meals", "at": [1, 100]}
FULL = Award(
    policy_id=3,
    version_id=30,
    policy_code="free-meal",
    beneficiary="referrer",
    customer_id=1,
    kind="grant",
    points=9,
    option="meal",
    quantity=2,
    milestone=100,
    scope="per_friend",
    measure="units:meals",
    subject_id=2,
    shares=(4, 5),
    counts_for_tier=False,
    multiplier=Fraction(7, 3),
    on_refund="keep",
    terms=Terms(pending_days=14, expiry_months=6),
    campaigns=(FromCampaign(7, "double", 4, "2026-12-05T00:00"), FromCampaign(8, "launch", 1)),
)
PLAIN = Award(policy_id=1, version_id=10, policy_code="base", beneficiary="buyer", customer_id=2, points=5)
SOME = Decision(
    awards=(FULL, PLAIN),
    refusals=(
        Refusal(4, 40, "late", "not_scheduled"),
        Refusal(5, 50, "later", "milestone_not_reached", {"next": 100}),
    ),
)


def test_a_decision_comes_back_whole_from_json():
    kept = json.loads(json.dumps(SOME.to_json()))
    assert Decision.from_json(kept, {40: (4, "late"), 50: (5, "later")}) == SOME


def test_awards_come_back_without_knowing_any_policy():
    back = Decision.from_json(SOME.to_json())
    assert back.awards == SOME.awards
    assert back.refusals[0] == Refusal(0, 40, "", "not_scheduled")


def test_what_goes_without_saying_is_not_kept():
    assert PLAIN.to_json() == {
        "policy": 1, "version": 10, "code": "base", "to": "buyer", "customer": 2, "points": 5,
    }  # fmt: skip
    assert [refusal.to_json() for refusal in SOME.refusals] == [
        [40, "not_scheduled"],
        [50, "milestone_not_reached", {"next": 100}],
    ]
    assert Decision().to_json() == {}


def test_every_field_of_an_award_survives():
    """FULL differs from every default, so a field that to_json forgot would come back as its default."""
    assert all(getattr(FULL, field.name) != field.default for field in msgspec.structs.fields(Award))
    assert Award.from_json(FULL.to_json()) == FULL


def test_a_real_decision_of_twenty_policies_stays_under_a_kilobyte():
    bought = purchase(line(1000), line(2000, category="fashion"), line(500, category="books"))
    base = policy(1, {"points": {"per_currency_unit": 1, "tier_multiplier": True}})
    others = [policy(number, when="purchase.total > 10000000") for number in range(3, 21)]
    buyer = replace(BOB, tier_multiplier=Fraction(3, 2))
    decision = decide(facts(bought, buyer=buyer), base, policy(2, beneficiary="referrer"), *others)
    assert (len(decision.awards), len(decision.refusals)) == (2, 18)
    assert len(json.dumps(decision.to_json())) < 1000
    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))).awards == decision.awards


def test_every_reason_that_the_engine_gives_has_a_sentence():
    source = inspect.getsource(evaluate_module) + inspect.getsource(taking_module)
    said = r'refusals\["(\w+)"\]|reason = "(\w+)"|else "(\w+)"|return "(\w+)"|stopped = "(\w+)"|^[A-Z_]+ = "(\w+)"'
    given = set(re.findall(said, source, re.MULTILINE))
    codes = {code for match in given for code in match if code}
    assert len(codes) == len(ENGINE_REASONS)
    assert codes <= SENTENCES.keys()


def test_every_reason_has_a_sentence_and_no_sentence_lacks_a_reason():
    awards = {f"{kind}{suffix}" for kind in EFFECTS for suffix in ("", "_milestone")}
    assert SENTENCES.keys() == awards | {"points_campaign"} | ENGINE_REASONS | OTHER_REASONS


@pytest.mark.parametrize("given", [*SOME.refusals, FULL, PLAIN, replace(FULL, milestone=None, kind="points")])
def test_a_sentence_finds_what_its_placeholders_stand_for(given):
    sentence = SENTENCES[given.code].format(**given.args)
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_an_award_reads_as_a_sentence():
    assert SENTENCES[PLAIN.code].format(**PLAIN.args) == "You received 5 points."
    grant = SENTENCES[FULL.code].format(**FULL.args)
    assert grant == "You received a reward for reaching number 100: 2 × meal."


def test_refusals_of_an_evaluation_read_as_sentences():
    decision = decide(facts(referrer=None), policy(1, milestones=MEALS), policy(2, beneficiary="referrer"))
    for refusal in decision.refusals:
        assert "{" not in SENTENCES[refusal.code].format(**refusal.args)
    assert len(decision.refusals) == 2
