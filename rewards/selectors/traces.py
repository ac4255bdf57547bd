"""Why, in full: every policy that was asked about a fact, and each clause of its condition with what it saw.

The values are worked out again from the facts, which never change, and from what the decision kept beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel.numbers import get_currency_precision

from referrals.models.activities import Activity
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from rewards.engine.decision import Award
from rewards.engine.definition import parse
from rewards.engine.facts import CustomerFacts, Facts, Line, PurchaseFacts, RfmFacts
from rewards.engine.problems import DefinitionError
from rewards.engine.tracing import Clause, clauses_of
from rewards.engine.triggers import TRIGGERS
from rewards.models.evaluations import Evaluation, Trigger
from rewards.models.policies import PolicyVersion
from rewards.selectors.explanations import families_of
from rewards.selectors.sentences import decision_in_words

_UNKNOWN = Fraction(1)
_KEPT_AS = {"customer.rfm": "rfm", "customer.segments": "segments", "tier.reached": "tiers", "tier.previous": "tiers"}
"""What conditions read that only the decision keeps, and under which name."""


@dataclass(frozen=True, slots=True)
class AskedPolicy:
    """What one policy answered: sentences of what it gave and why it gave no more, and the clauses of its condition.

    `clauses` is None where the condition reads what was not kept at that time.
    """

    trigger: str
    policy: str
    version: int
    gave: Sequence[str]
    refused: str
    when: str
    clauses: Sequence[Clause] | None


def traces_of(evaluation: Evaluation) -> list[AskedPolicy]:
    """Every policy that was asked in an evaluation and in those that it caused, in the order of asking."""
    (family,) = families_of([evaluation])
    asked = [(each, *row) for each in family for row in _answers(each.decision or {})]
    versions = PolicyVersion.objects.select_related("policy").in_bulk({version for _, version, _, _ in asked})
    purchase = _purchase(evaluation.cause or evaluation) if asked else None
    return [
        _asked(each, versions[version], gave, refused, purchase)
        for each, version, gave, refused in asked
        if version in versions
    ]


def _answers(decision: Mapping[str, Any]) -> list[tuple[int, list[str], str]]:
    """For each version that was asked: what it gave, and why it gave nothing more."""
    gave: dict[int, list[str]] = {}
    refused: dict[int, str] = {}
    for kept in decision.get("awards", ()):
        award = Award.from_json(kept)
        gave.setdefault(award.version_id, []).append(decision_in_words(award.code, award.args))
    for version_id, code, *arguments in decision.get("refusals", ()):
        refused[version_id] = decision_in_words(code, *arguments)
    return [(id_, gave.get(id_, []), refused.get(id_, "")) for id_ in dict.fromkeys([*gave, *refused])]


def _asked(
    evaluation: Evaluation, version: PolicyVersion, gave: Sequence[str], refused: str, purchase: PurchaseFacts | None
) -> AskedPolicy:
    when = version.definition.get("when", "")
    clauses = _clauses(evaluation, version, purchase) if when else []
    return AskedPolicy(evaluation.trigger, version.policy.code, version.number, gave, refused, when, clauses)


def _clauses(evaluation: Evaluation, version: PolicyVersion, purchase: PurchaseFacts | None) -> list[Clause] | None:
    try:
        definition = parse(version.definition)
    except DefinitionError:  # It was written for an engine that knew other words.
        return None
    inputs = (evaluation.decision or {}).get("inputs", {})
    is_kept = inputs.get("referrer") if "referrer." in definition.when else "referrer" in inputs
    if "referr" in definition.when and not is_kept:
        return None
    if any(name in definition.when and kept not in inputs for name, kept in _KEPT_AS.items()):
        return None
    vocabulary = TRIGGERS[definition.trigger].vocabulary(definition.beneficiary)
    return clauses_of(definition.when, vocabulary, _facts(evaluation, inputs, purchase))


def _facts(evaluation: Evaluation, inputs: Mapping[str, Any], purchase: PurchaseFacts | None) -> Facts:
    local = evaluation.occurred_at.astimezone(ZoneInfo(evaluation.merchant.time_zone))
    told = inputs.get("referrer")
    reached, previous = inputs.get("tiers", ("", ""))
    return Facts(
        trigger=evaluation.trigger,
        occurred_at=evaluation.occurred_at,
        local_date=local.date(),
        local_weekday=local.weekday(),
        local_minute=local.hour * 60 + local.minute,
        buyer=CustomerFacts(
            id=evaluation.customer_id,
            tier=inputs.get("tier", ""),
            tier_multiplier=_UNKNOWN,
            purchases=inputs.get("purchases", 0),
            is_referred=told is not None,
            segments=tuple(inputs.get("segments", ())),
            rfm=msgspec.convert(inputs.get("rfm", {}), RfmFacts),
        ),
        referrer=CustomerFacts(0, told[0], _UNKNOWN, told[1], is_referred=False) if told else None,
        purchase=purchase,
        reached={},
        usage={},
        activity=_activity(evaluation),
        reached_tier=reached,
        previous_tier=previous,
    )


def _purchase(evaluation: Evaluation) -> PurchaseFacts | None:
    bought = None
    if evaluation.trigger == Trigger.PURCHASE_COMPLETED:
        bought = Purchase.objects.get(pk=evaluation.subject_id)
    elif evaluation.trigger == Trigger.PAYMENT_SETTLED:
        bought = Payment.objects.select_related("purchase").get(pk=evaluation.subject_id).purchase
    if bought is None:
        return None
    currency = evaluation.merchant.currency
    lines = msgspec.convert(bought.lines, tuple[Line, ...])
    return PurchaseFacts(bought.total, currency, get_currency_precision(currency), lines)


def _activity(evaluation: Evaluation) -> str:
    if evaluation.trigger != Trigger.ACTIVITY_RECORDED:
        return ""
    return Activity.objects.values_list("kind", flat=True).get(pk=evaluation.subject_id)
