"""Whatever is written, it is either refused properly or it works; nothing else ever comes out."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.engine.decision import Decision
from rewards.engine.definition import parse
from rewards.engine.evaluate import evaluate
from rewards.engine.expressions.checker import compile_condition
from rewards.engine.expressions.errors import ConditionError, ExpressionError
from rewards.engine.policy import PolicySet, compile_policy
from rewards.engine.problems import DefinitionError
from rewards.engine.triggers import TRIGGERS
from tests.rewards.engine.examples import definition, facts

KEYS = [
    "trigger", "beneficiary", "give", "when", "milestones", "limits", "on_refund", "priority", "exclusive_group",
    "schedule", "points", "grant", "fixed", "per_unit", "per_currency_unit", "category", "categories", "option",
    "quantity", "scope", "measure", "at", "every", "per_purchase", "per_customer", "times", "per", "from", "to",
    "weekdays", "hours", "tier_multiplier", "only_categories", "excluded_categories", "max_multiplier", "meals", "",
    "activity", "pending_days", "expires",
]  # fmt: skip
WORDS = [
    "purchase.completed", "referral.joined", "buyer", "referrer", "revoke", "per_friend", "purchases", "units:meals",
    "day", "sat", "18:00", "2026-11-01", "true", "1.5", "purchase.total > 1", "meals", "",
    "activity.recorded", "customer", "never",
]  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(0, 5), st.floats(), st.text(max_size=5), st.sampled_from(WORDS)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
changes = st.dictionaries(st.sampled_from([*KEYS[:10], "activity"]), values, max_size=4)
TOKENS = [
    "purchase.total", "purchase.units", "purchase.skus", "customer.tier", "x", "size", "in", "true", "null", "1", "0",
    "2.5", "9223372036854775807", "'a'", "[", "]", "(", ")", "?", ":", ",", ".", "!", "-", "+", "*", "/", "%", "&&",
    "||", "==", "!=", "<", ">=", ".contains", "'", "\\", "#", "ü",
]  # fmt: skip
pieces = st.lists(st.sampled_from(TOKENS), max_size=12)


@settings(max_examples=500, deadline=None)
@given(changes)
def test_any_definition_is_refused_or_can_be_evaluated(changed):
    try:
        read = parse({**definition(), **changed})
    except DefinitionError:
        return
    compiled = compile_policy(policy_id=1, version_id=1, code="any", definition=read)
    decision = evaluate(facts(trigger=read.trigger), PolicySet([compiled]))
    assert Decision.from_json(decision.to_json(), {1: (1, "any")}) == decision


@settings(max_examples=1000, deadline=None)
@given(pieces, st.sampled_from(["", " "]))
def test_any_text_is_refused_or_is_a_condition(parts, space):
    vocabulary = TRIGGERS["purchase.completed"].vocabulary("referrer")
    with contextlib.suppress(ExpressionError, ConditionError):
        assert compile_condition(space.join(parts), vocabulary)(facts()) in (True, False)
