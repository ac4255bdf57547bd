"""Policies made ready for evaluation: compiled once per version, grouped and ordered once per set."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from rewards.engine.decision import SENTENCES, Refusal
from rewards.engine.definition import Definition
from rewards.engine.experiments.assignment import Trial
from rewards.engine.expressions.checker import compile_condition
from rewards.engine.facts import CustomerFacts, Facts
from rewards.engine.kinds.base import Valuation
from rewards.engine.kinds.steps import BADGE, TIER_STEP
from rewards.engine.limits import period_key
from rewards.engine.triggers import BUYER, CUSTOMER, REFEREE, REFERRER, TRIGGERS

People = Mapping[str, CustomerFacts | None]


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """One version of a policy, ready to be asked.

    The functions are None where the definition has nothing to ask. `refusals` holds a ready refusal per code,
    because most policies refuse most purchases.
    """

    policy_id: int
    version_id: int
    code: str
    definition: Definition
    beneficiary: str
    exclusive_group: str
    campaign: str
    is_open: Callable[[Facts], bool] | None
    condition: Callable[[Facts], bool] | None
    valuation: Valuation | None
    refusals: Mapping[str, Refusal]
    trial: Trial | None = None


def compile_policy(
    *, policy_id: int, version_id: int, code: str, definition: Definition, trial: Trial | None = None
) -> CompiledPolicy:
    """Compile a version of a policy, whose `code` is its name for people; `trial` says who gets it, if not everybody.

    Raises ExpressionError only for a definition that `parse` would not have returned.
    """
    vocabulary = TRIGGERS[definition.trigger].vocabulary(definition.beneficiary)
    return CompiledPolicy(
        policy_id=policy_id,
        version_id=version_id,
        code=code,
        definition=definition,
        beneficiary=definition.beneficiary,
        exclusive_group=definition.exclusive_group,
        campaign=definition.campaign,
        is_open=_is_open(definition),
        condition=compile_condition(definition.when, vocabulary) if definition.when else None,
        valuation=definition.give.valuation(),
        refusals={reason: Refusal(policy_id, version_id, code, reason) for reason in SENTENCES},
        trial=trial,
    )


def _is_open(definition: Definition) -> Callable[[Facts], bool] | None:
    """What tells whether a policy is in force at a moment, if its definition says anything about that."""
    schedule, every = definition.schedule, definition.every
    if every is None:
        return schedule.is_open if schedule is not None else None
    return lambda facts: every.has(facts.local_date) and (schedule is None or schedule.is_open(facts))


class PolicySet:
    """The policies of a merchant that are in force together.

    `measures` are the (scope, measure) pairs whose counts must be known before deciding, `limited` the
    policies whose usage must be known, `ask_for_referrers_purchases` whether a condition reads how often the
    referrer has bought, `ask_about_referrals` whether one reads anything of a referral, `ask_for_rfm` whether one reads
    how somebody buys, `wait_for_emails` whether points may wait until an e-mail is verified, `options` the codes of the
    reward options that may be granted and `badges` of those that may be awarded. `lift_tiers`, `name_segments` and
    `name_campaigns` say whether any policy does, so that facts which nobody asks for need not be known.
    """

    def __init__(self, policies: Iterable[CompiledPolicy]) -> None:
        ordered = sorted(policies, key=lambda policy: (-policy.definition.priority, policy.code))
        effects = [policy.definition.give for policy in ordered]
        self.policies = tuple(ordered)
        self.measures = frozenset(
            (counted.scope, counted.measure)
            for policy in ordered
            if (counted := policy.definition.milestones) is not None
        )
        self.limited = tuple(policy for policy in ordered if policy.definition.limits.are_per_customer)
        # Looser than the conditions' grammar: at worst a count is read that no condition asks for.
        self.ask_for_referrers_purchases = any(
            "referrer" in policy.definition.when and "purchases" in policy.definition.when for policy in ordered
        )
        self.ask_for_rfm = any("rfm" in policy.definition.when for policy in ordered)
        self.ask_about_referrals = any("referr" in policy.definition.when for policy in ordered)
        self.wait_for_emails = any(policy.definition.give.terms.pending_until for policy in ordered)
        self.options = frozenset(each.option for each in effects if each.kind == "grant")
        self.badges = frozenset(each.option for each in effects if each.kind == BADGE)
        self.lift_tiers = any(each.kind == TIER_STEP for each in effects)
        self.name_segments = any("segments" in policy.definition.when for policy in ordered)
        self.name_campaigns = any(each.campaign or each.definition.give.campaign_multiplier for each in ordered)
        self._by_trigger = {
            trigger: tuple(policy for policy in ordered if policy.definition.trigger == trigger) for trigger in TRIGGERS
        }

    def set_off_by(
        self, trigger: str, activity: str = "", campaign: str = "", due: Collection[int] = ()
    ) -> tuple[CompiledPolicy, ...]:
        """Return the policies of a trigger in the order in which they are asked: by priority, then by code.

        Of an activity only those that wait for its kind, or for any, and of a completed campaign likewise; of a day
        those that were due on it, by their ids. Raises ValueError for a trigger that is not in the table.
        """
        if trigger not in self._by_trigger:
            raise ValueError(f"there is no trigger {trigger}")
        asked = self._by_trigger[trigger]
        if campaign:
            return tuple(policy for policy in asked if policy.campaign in {"", campaign})
        if due:
            return tuple(policy for policy in asked if policy.policy_id in due)
        return tuple(policy for policy in asked if policy.definition.activity in {"", activity}) if activity else asked


def people_of(facts: Facts) -> People:
    """Return who is meant by each word for a beneficiary, None where there is nobody.

    The referee is the buyer, seen as the friend of a referrer.
    """
    return {
        BUYER: facts.buyer,
        CUSTOMER: facts.buyer,
        REFERRER: facts.referrer,
        REFEREE: facts.buyer if facts.referrer is not None else None,
    }


def usage_key(facts: Facts, policy: CompiledPolicy, person: CustomerFacts) -> tuple[int, int, str]:
    """Return the key of `facts.usage` under which is what this policy gave this person in this period."""
    return policy.policy_id, person.id, period_key(policy.definition.limits.per, facts.local_date)


def usage_keys(facts: Facts, policy: CompiledPolicy) -> tuple[tuple[int, int, str], ...]:
    """Return the keys of `facts.usage` that evaluating this policy reads: one, or none.

    There is none if the policy has no limit per customer, is of another trigger, or benefits nobody here. The
    usage itself need not be known yet.
    """
    person = people_of(facts)[policy.beneficiary]
    if person is None or policy.definition.trigger != facts.trigger:
        return ()
    return (usage_key(facts, policy, person),) if policy.definition.limits.are_per_customer else ()
