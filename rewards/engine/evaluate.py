"""The decision: every policy of a trigger is asked in order, and gives, or says why not.

Each policy is asked: is it in force, is there a beneficiary, are they among those with whom it is tried, do they take
part in its campaign, does its condition hold, is a milestone passed, has another of its exclusive group given already,
does it come to at least one point, and is anything left of its limits and of its campaign. The first "no" is the
refusal. Evaluation is a function of its arguments alone.
"""

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import msgspec

from rewards.engine.campaigns.definition import Campaign
from rewards.engine.campaigns.taking import Taking
from rewards.engine.decision import Award, Decision, FromCampaign, Refusal
from rewards.engine.expressions.errors import ConditionError
from rewards.engine.facts import CustomerFacts, Facts
from rewards.engine.kinds.base import Worth
from rewards.engine.kinds.points import POINTS_MAX
from rewards.engine.kinds.steps import BADGE, TIER_STEP
from rewards.engine.milestones import ACROSS_FRIENDS
from rewards.engine.policy import CompiledPolicy, PolicySet, people_of, usage_key
from rewards.engine.shares import apportion
from rewards.engine.triggers import TRIGGERS

# Without a bound, `every: 1` over a purchase of a million items would be a million awards.
MILESTONES_AT_ONCE_MAX = 1000

Parts: TypeAlias = tuple[FromCampaign, ...]

_NO_POINTS: Worth = (0, (), Fraction(1))
_NO_PARTS: Parts = ()
_NO_MILESTONE: tuple[None] = (None,)
_NEVER_COUNTED = (0, 0)


def evaluate(facts: Facts, policies: PolicySet) -> Decision:
    """Decide what the policies give for these facts.

    A condition that fails in its arithmetic refuses its own policy and no other. Raises ValueError for facts
    that no policy can be asked about: an unknown trigger, or no purchase or activity where the trigger is about one.
    """
    asked = policies.set_off_by(facts.trigger, facts.activity, facts.campaign, facts.due)
    if facts.purchase is None and TRIGGERS[facts.trigger].has_purchase:
        raise ValueError(f"{facts.trigger} needs a purchase")
    if not facts.activity and TRIGGERS[facts.trigger].has_activity:
        raise ValueError(f"{facts.trigger} needs the kind of an activity")
    people = people_of(facts)
    taking = Taking(facts)
    awards: list[Award] = []
    refusals: list[Refusal] = []
    groups_that_gave: set[str] = set()
    for policy in asked:
        given, refusal = _ask(facts, policy, people[policy.beneficiary], groups_that_gave, taking)
        awards += given
        if refusal is not None:
            refusals.append(refusal)
        if given and policy.exclusive_group:
            groups_that_gave.add(policy.exclusive_group)
    return Decision(tuple(awards), tuple(refusals))


def _ask(
    facts: Facts, policy: CompiledPolicy, person: CustomerFacts | None, groups_that_gave: set[str], taking: Taking
) -> tuple[Sequence[Award], Refusal | None]:
    if policy.is_open is not None and not policy.is_open(facts):
        return (), policy.refusals["not_scheduled"]
    if person is None:
        return (), policy.refusals["no_referrer"]
    if outside := _outside(facts, policy, person, taking):
        return (), policy.refusals[outside]
    numbers, refusal = milestones_passed(facts, policy)
    if refusal is not None:
        return (), refusal
    if idle := _idle(policy, person, groups_that_gave, taking):
        return (), policy.refusals[idle]
    return _give(facts, policy, person, numbers, taking)


def _outside(facts: Facts, policy: CompiledPolicy, person: CustomerFacts, taking: Taking) -> str:
    """Why a policy is not about somebody: it is tried with others, or in a campaign, or its condition does not hold."""
    if policy.trial is not None and (refusal := policy.trial.refuses(policy.policy_id, person.id, facts.occurred_at)):
        return refusal
    if policy.campaign and (refusal := taking.refuses(taking.named(policy.campaign), person)):
        return refusal
    return _unmet(facts, policy.condition) if policy.condition is not None else ""


def _idle(policy: CompiledPolicy, person: CustomerFacts, groups_that_gave: set[str], taking: Taking) -> str:
    """Why a policy has nothing to give to somebody: another gave, or they have what one has only once."""
    if policy.exclusive_group in groups_that_gave:
        return "outranked"
    effect = policy.definition.give
    if effect.kind == BADGE:
        badge = (person.id, effect.option)
        if effect.option in person.badges or badge in taking.badges:
            return "has_badge"
        taking.badges.add(badge)
    return "highest_tier" if effect.kind == TIER_STEP and not person.next_tier else ""


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
    facts: Facts, policy: CompiledPolicy, person: CustomerFacts, numbers: Sequence[int | None], taking: Taking
) -> tuple[Sequence[Award], Refusal | None]:
    """Return one award per number, as far as limits and campaigns go, and what stopped them if anything did."""
    times_left, points_left = allowance(facts, policy, person)
    campaign = taking.named(policy.campaign) if policy.campaign else None
    awards: list[Award] = []
    stopped = ""
    for number in numbers[:MILESTONES_AT_ONCE_MAX]:
        worth, parts, stopped = _worth(facts, policy, person, taking)
        if policy.valuation is not None and worth[0] < 1:
            return awards, policy.refusals["nothing_to_give"]
        if times_left < 1 or (worth[0] and points_left < 1):
            return awards, policy.refusals["limit_reached"]
        given = min(worth[0], points_left)
        if parts:
            parts = _cut(parts, worth[0] - given)
        if campaign is not None and given:
            if lacking := taking.lacks(campaign, person, given):
                return awards, policy.refusals[lacking]
            parts = (taking.part(campaign, given),)
        if parts:
            taking.take(person, parts)
        awards.append(_award(facts, policy, person, number, (given, *worth[1:]), parts))
        times_left -= 1
        points_left -= given
    if len(numbers) > MILESTONES_AT_ONCE_MAX:
        stopped = "too_many_milestones"
    return awards, policy.refusals[stopped] if stopped else None


def _worth(facts: Facts, policy: CompiledPolicy, person: CustomerFacts, taking: Taking) -> tuple[Worth, Parts, str]:
    """What an award is worth before limits, how much of it which campaign adds, and why one adds nothing if one does.

    Each campaign adds what its multiplier makes of the points beyond those before it, in the order of their codes; one
    that has not so much left to give adds nothing.
    """
    if policy.valuation is None:
        return _NO_POINTS, _NO_PARTS, ""
    worth = policy.valuation(facts, person, ())
    if not (facts.campaigns and policy.definition.give.campaign_multiplier):
        return worth, _NO_PARTS, ""
    together: tuple[Campaign, ...] = ()
    parts: list[FromCampaign] = []
    lacking = ""
    for campaign in taking.multiplying(person):
        more = policy.valuation(facts, person, (*together, campaign))
        extra = more[0] - worth[0]
        if extra < 1:
            continue
        if reason := taking.lacks(campaign, person, extra):
            lacking = reason
            continue
        worth, together = more, (*together, campaign)
        parts.append(taking.part(campaign, extra))
    return worth, tuple(parts), lacking


def _cut(parts: Parts, points: int) -> Parts:
    """What remains of parts when so many points are cut off their award: what the last campaign added goes first."""
    kept = list(parts)
    while points and kept:
        last = kept.pop()
        cut = min(last.points, points)
        points -= cut
        if cut < last.points:
            kept.append(msgspec.structs.replace(last, points=last.points - cut))
    return tuple(kept)


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


def _award(
    facts: Facts, policy: CompiledPolicy, person: CustomerFacts, number: int | None, worth: Worth, parts: Parts
) -> Award:
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
        option=person.next_tier if definition.give.kind == TIER_STEP else definition.give.option,
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
        campaigns=parts,
    )
