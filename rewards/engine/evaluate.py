"""The decision: every policy of a trigger is asked in order, and gives, or says why not.

Each policy is asked: is it in force, is there a beneficiary, does its condition hold, is a milestone passed,
has another of its exclusive group given already, does it come to at least one point, and is anything left of
its limits. The first "no" is the refusal. Evaluation is a function of its arguments alone.
"""

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction

from rewards.engine.decision import Award, Decision, Refusal
from rewards.engine.expressions.errors import ConditionError
from rewards.engine.facts import CustomerFacts, Facts
from rewards.engine.kinds.base import Worth
from rewards.engine.kinds.points import POINTS_MAX
from rewards.engine.milestones import ACROSS_FRIENDS
from rewards.engine.policy import CompiledPolicy, PolicySet, people_of, usage_key
from rewards.engine.shares import apportion
from rewards.engine.triggers import TRIGGERS

# Without a bound, `every: 1` over a purchase of a million items would be a million awards.
MILESTONES_AT_ONCE_MAX = 1000

_NO_POINTS: Worth = (0, (), Fraction(1))
_NO_MILESTONE: tuple[None] = (None,)
_NEVER_COUNTED = (0, 0)


def evaluate(facts: Facts, policies: PolicySet) -> Decision:
    """Decide what the policies give for these facts.

    A condition that fails in its arithmetic refuses its own policy and no other. Raises ValueError for facts
    that no policy can be asked about: an unknown trigger, or no purchase or activity where the trigger is about one.
    """
    asked = policies.set_off_by(facts.trigger, facts.activity)
    if facts.purchase is None and TRIGGERS[facts.trigger].has_purchase:
        raise ValueError(f"{facts.trigger} needs a purchase")
    if not facts.activity and TRIGGERS[facts.trigger].has_activity:
        raise ValueError(f"{facts.trigger} needs the kind of an activity")
    people = people_of(facts)
    awards: list[Award] = []
    refusals: list[Refusal] = []
    groups_that_gave: set[str] = set()
    for policy in asked:
        given, refusal = _ask(facts, policy, people[policy.beneficiary], groups_that_gave)
        awards += given
        if refusal is not None:
            refusals.append(refusal)
        if given and policy.exclusive_group:
            groups_that_gave.add(policy.exclusive_group)
    return Decision(tuple(awards), tuple(refusals))


def _ask(
    facts: Facts, policy: CompiledPolicy, person: CustomerFacts | None, groups_that_gave: set[str]
) -> tuple[Sequence[Award], Refusal | None]:
    if policy.is_open is not None and not policy.is_open(facts):
        return (), policy.refusals["not_scheduled"]
    if person is None:
        return (), policy.refusals["no_referrer"]
    if policy.condition is not None and (unmet := _unmet(facts, policy.condition)):
        return (), policy.refusals[unmet]
    numbers, refusal = milestones_passed(facts, policy)
    if refusal is not None:
        return (), refusal
    if policy.exclusive_group in groups_that_gave:
        return (), policy.refusals["outranked"]
    return _give(facts, policy, person, numbers)


def _unmet(facts: Facts, condition: Callable[[Facts], bool]) -> str:
    try:
        return "" if condition(facts) else "condition_not_met"
    except ConditionError:
        return "condition_error"


def milestones_passed(facts: Facts, policy: CompiledPolicy) -> tuple[Sequence[int | None], Refusal | None]:
    """Return the numbers that are passed (one None if the policy counts nothing), or the refusal if there is none."""
    counted = policy.definition.milestones
    if counted is None:
        return _NO_MILESTONE, None
    if counted.scope == ACROSS_FRIENDS and facts.referrer is None:
        return (), policy.refusals["no_referrer"]
    before, after = facts.reached.get((counted.scope, counted.measure), _NEVER_COUNTED)
    passed = counted.passed(before, after)
    if passed:
        return passed, None
    following = counted.following(after)
    if following is None:
        return (), policy.refusals["milestones_completed"]
    reason = "milestone_not_reached"
    return (), Refusal(policy.policy_id, policy.version_id, policy.code, reason, {"next": following})


def _give(
    facts: Facts, policy: CompiledPolicy, person: CustomerFacts, numbers: Sequence[int | None]
) -> tuple[Sequence[Award], Refusal | None]:
    """Return one award per number, as far as the limits go, and what stopped them if anything did."""
    worth = _NO_POINTS if policy.valuation is None else policy.valuation(facts, person)
    points = worth[0]
    if policy.valuation is not None and points < 1:
        return (), policy.refusals["nothing_to_give"]
    times_left, points_left = allowance(facts, policy, person)
    awards: list[Award] = []
    for number in numbers[:MILESTONES_AT_ONCE_MAX]:
        if times_left < 1 or (points and points_left < 1):
            return awards, policy.refusals["limit_reached"]
        given = min(points, points_left)
        awards.append(_award(facts, policy, person, number, (given, *worth[1:])))
        times_left -= 1
        points_left -= given
    too_many = len(numbers) > MILESTONES_AT_ONCE_MAX
    return awards, policy.refusals["too_many_milestones"] if too_many else None


def allowance(facts: Facts, policy: CompiledPolicy, person: CustomerFacts) -> tuple[int, int]:
    """Return how many awards and points the limits leave; no policy gives over POINTS_MAX at once."""
    limits = policy.definition.limits
    times_left = sys.maxsize
    points_left = POINTS_MAX if limits.points_per_purchase is None else limits.points_per_purchase
    if limits.are_per_customer:
        times, points = facts.usage.get(usage_key(facts, policy, person), _NEVER_COUNTED)
        if limits.times is not None:
            times_left = limits.times - times
        if limits.points is not None:
            points_left = min(points_left, limits.points - points)
    return times_left, points_left


def _award(facts: Facts, policy: CompiledPolicy, person: CustomerFacts, number: int | None, worth: Worth) -> Award:
    definition = policy.definition
    points, weights, multiplier = worth
    counted = definition.milestones
    scope = counted.scope if counted else ""
    subject = facts.referrer if scope == ACROSS_FRIENDS else facts.buyer
    return Award(
        policy_id=policy.policy_id,
        version_id=policy.version_id,
        policy_code=policy.code,
        beneficiary=policy.beneficiary,
        customer_id=person.id,
        kind=definition.give.kind,
        points=points,
        option=definition.give.option,
        quantity=definition.give.quantity,
        milestone=number,
        scope=scope,
        measure=counted.measure if counted else "",
        subject_id=subject.id if counted and subject else 0,
        shares=apportion(points, weights),
        counts_for_tier=definition.give.counts_for_tier,
        terms=definition.give.terms,
        multiplier=multiplier,
        on_refund=definition.on_refund,
    )
