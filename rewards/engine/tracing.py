"""How a decision was come to, step by step: what each policy asked, what it saw, and where it stopped.

What was given is what `evaluate` gives; the steps are told by the same functions that it asks. It is for people who
look at one decision, so it may take its time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.engine.campaigns.taking import (
    BUDGET_EXHAUSTED,
    CAMPAIGN_LIMIT_REACHED,
    NOT_ELIGIBLE,
    NOT_JOINED,
    NOT_RUNNING,
)
from rewards.engine.decision import Award, Refusal
from rewards.engine.evaluate import allowance, evaluate, milestones_passed
from rewards.engine.experiments.assignment import ANOTHER_VARIANT, HELD_OUT
from rewards.engine.expressions.checker import Vocabulary, compile_part
from rewards.engine.expressions.errors import ConditionError
from rewards.engine.expressions.parser import parse_expression
from rewards.engine.expressions.syntax import Syntax
from rewards.engine.expressions.writing import written
from rewards.engine.facts import CustomerFacts, Facts
from rewards.engine.kinds.steps import BADGE, TIER_STEP
from rewards.engine.policy import CompiledPolicy, PolicySet, people_of
from rewards.engine.triggers import TRIGGERS

ERROR = "error"
_OUTSIDE_CAMPAIGN = frozenset({NOT_RUNNING, NOT_ELIGIBLE, NOT_JOINED})
_NOTHING_LEFT = frozenset({"limit_reached", BUDGET_EXHAUSTED, CAMPAIGN_LIMIT_REACHED})


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a condition: its text, what came of it (true, false or "error"), and the values that it saw."""

    text: str
    value: bool | str
    saw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One question that was put: schedule, beneficiary, experiment, campaign, condition, milestones and so on.

    `passed` says whether the policy went on; `saw` holds what decided it.
    """

    name: str
    passed: bool
    saw: Mapping[str, Any]
    clauses: Sequence[Clause] = ()


@dataclass(frozen=True, slots=True)
class PolicyTrace:
    """One policy's way to what it gave, or to its refusal."""

    policy: CompiledPolicy
    steps: tuple[Step, ...]
    awards: tuple[Award, ...]
    refusal: Refusal | None


def trace(facts: Facts, policies: PolicySet) -> tuple[PolicyTrace, ...]:
    """Tell what `evaluate` decides for these facts, and how, in the order in which the policies are asked.

    Raises ValueError where `evaluate` does.
    """
    decision = evaluate(facts, policies)
    refusals = {refusal.policy_id: refusal for refusal in decision.refusals}
    return tuple(
        PolicyTrace(
            policy,
            tuple(_steps(facts, policy, refusals.get(policy.policy_id))),
            tuple(award for award in decision.awards if award.policy_id == policy.policy_id),
            refusals.get(policy.policy_id),
        )
        for policy in policies.set_off_by(facts.trigger, facts.activity, facts.campaign, facts.due)
    )


def clauses_of(text: str, vocabulary: Vocabulary, facts: Facts) -> list[Clause]:
    """Return the parts of a condition that && and || join, each with its value for these facts.

    Raises ExpressionError for a text that is no condition over this vocabulary.
    """
    return [_clause(node, vocabulary, facts) for node in _leaves(parse_expression(text))]


def _leaves(node: Syntax) -> Iterator[Syntax]:
    if node.kind in {"all", "any"}:
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node


def _clause(node: Syntax, vocabulary: Vocabulary, facts: Facts) -> Clause:
    try:
        value = compile_part(node, vocabulary)(facts)
    except ConditionError:
        value = ERROR
    return Clause(written(node), value, {name: vocabulary[name].read(facts) for name in dict.fromkeys(_names(node))})


def _names(node: Syntax) -> Iterator[str]:
    if node.kind == "name":
        yield str(node.value)
    for part in node.parts:
        yield from _names(part)


def _steps(facts: Facts, policy: CompiledPolicy, refusal: Refusal | None) -> Iterator[Step]:
    """Tell the steps as far as the policy went: the one that did not pass is the last."""
    for step in _questions(facts, policy, refusal):
        yield step
        if not step.passed:
            return


def _questions(facts: Facts, policy: CompiledPolicy, refusal: Refusal | None) -> Iterator[Step]:
    refused = refusal.code if refusal else ""
    if policy.is_open is not None:
        hour = f"{facts.local_date} {facts.local_minute // 60:02}:{facts.local_minute % 60:02}"
        yield Step("schedule", policy.is_open(facts), {"local_time": hour})
    person = people_of(facts)[policy.beneficiary]
    yield Step("beneficiary", person is not None, {"who": policy.beneficiary})
    if person is None:
        return
    definition = policy.definition
    if policy.trial is not None:
        yield Step("experiment", refused not in {ANOTHER_VARIANT, HELD_OUT}, {"experiment": policy.trial.code})
    if policy.campaign:
        yield Step("campaign", refused not in _OUTSIDE_CAMPAIGN, {"campaign": policy.campaign})
    if definition.when:
        vocabulary = TRIGGERS[definition.trigger].vocabulary(definition.beneficiary)
        clauses = clauses_of(definition.when, vocabulary, facts)
        is_met = refused not in {"condition_not_met", "condition_error"}
        yield Step("condition", is_met, {"when": definition.when}, clauses)
    if (counted := definition.milestones) is not None:
        numbers, missed = milestones_passed(facts, policy)
        before, after = facts.reached.get((counted.scope, counted.measure), (0, 0))
        saw = {"before": before, "after": after, "passed": list(numbers), "next": counted.following(after)}
        yield Step("milestones", missed is None, saw)
    if policy.exclusive_group:
        yield Step("exclusive_group", refused != "outranked", {"group": policy.exclusive_group})
    if definition.give.kind in {BADGE, TIER_STEP}:
        yield Step("not_yet", refused not in {"has_badge", "highest_tier"}, {"tier": person.tier})
    yield from _amounts(facts, policy, person, refused)


def _amounts(facts: Facts, policy: CompiledPolicy, person: CustomerFacts, refused: str) -> Iterator[Step]:
    if policy.valuation is not None:
        points, _, multiplier = policy.valuation(facts, person, ())
        yield Step("points", points >= 1, {"points": points, "tier": person.tier, "tier_multiplier": str(multiplier)})
    limits = policy.definition.limits
    if limits.are_per_customer or limits.points_per_purchase is not None or refused in _NOTHING_LEFT:
        times, points_left = allowance(facts, policy, person)
        saw = {"points_left": points_left} | ({} if limits.times is None else {"times_left": times})
        yield Step("limits", refused not in _NOTHING_LEFT, saw)
