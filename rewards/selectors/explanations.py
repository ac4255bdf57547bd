"""What was decided, and why: each award and each refusal in a sentence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from referrals.models.customers import Customer
from rewards.engine.decision import Award
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.policies import PolicyVersion
from rewards.selectors.sentences import decision_in_words

STATUS_NAMES = {
    EvaluationState.PENDING: "pending",
    EvaluationState.DONE: "evaluated",
    EvaluationState.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a fact: its status and, once it is evaluated, what was given and what not."""

    status: str
    evaluated_at: datetime | None
    grants: list[dict[str, Any]]
    refusals: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """What an API answers beside the fact itself."""
        is_evaluated = self.status == STATUS_NAMES[EvaluationState.DONE]
        decision = {"grants": self.grants, "refusals": self.refusals} if is_evaluated else None
        return {"status": self.status, "evaluated_at": self.evaluated_at, "decision": decision}


def explain(*, trigger: Trigger, subject_id: int) -> Explanation:
    """What was decided for a fact, and for what followed from it, each in a sentence."""
    root = Evaluation.objects.get(subject_id=subject_id, trigger=trigger, cause=None)
    (evaluations,) = families_of([root])
    return _explanation(evaluations, _people(evaluations), _policy_codes(evaluations))


def explain_own(*, trigger: Trigger, subject_ids: Collection[int], customer: Customer) -> dict[int, Explanation]:
    """What was decided for facts of a customer, by fact; what others received, or did not, is left out."""
    roots = Evaluation.objects.filter(subject_id__in=subject_ids, trigger=trigger, cause=None)
    families = [[each for each in family if each.customer_id == customer.pk] for family in families_of(roots)]
    people = {customer.pk: customer.public_id}
    codes = _policy_codes([each for family in families for each in family], but_for="referrer")
    return {family[0].subject_id: _explanation(family, people, codes) for family in families}


def families_of(roots: Iterable[Evaluation]) -> list[list[Evaluation]]:
    """Each root with what followed from it, and from that, in order."""
    families = [[root] for root in roots]
    family_of = {family[0].pk: family for family in families}
    level = list(family_of)
    while level:
        children = list(Evaluation.objects.filter(cause__in=level).order_by("id"))
        for child in children:
            family_of[child.pk] = family_of[child.cause_id or 0]
            family_of[child.pk].append(child)
        level = [child.pk for child in children]
    return families


def _explanation(
    evaluations: Sequence[Evaluation], people: Mapping[int, str], codes: Mapping[int, str | None]
) -> Explanation:
    """What was decided in a fact's own evaluation, the first, and in those that it caused.

    :param people: whose awards are told.
    :param codes: which policies' refusals are told; a refusal that is no policy's has none.
    """
    decisions = [(evaluation.trigger, evaluation.decision or {}) for evaluation in evaluations]
    return Explanation(
        status=STATUS_NAMES[EvaluationState(evaluations[0].state)],
        evaluated_at=evaluations[0].evaluated_at,
        grants=[
            _explain_award(trigger, kept, people)
            for trigger, decision in decisions
            for kept in decision.get("awards", ())
            if kept["customer"] in people
        ],
        refusals=[
            _explain_refusal(trigger, codes, *refusal)
            for trigger, decision in decisions
            for refusal in decision.get("refusals", ())
            if refusal[0] in codes
        ],
    )


def _people(evaluations: Sequence[Evaluation]) -> dict[int, str]:
    ids = {award["customer"] for each in evaluations for award in (each.decision or {}).get("awards", ())}
    return {customer.pk: customer.public_id for customer in Customer.objects.filter(pk__in=ids)}


def _policy_codes(evaluations: Sequence[Evaluation], but_for: str | None = None) -> dict[int, str | None]:
    """The codes of the policies that refused, by version.

    :param but_for: leave out those that benefit this one.
    """
    ids = {refusal[0] for each in evaluations for refusal in (each.decision or {}).get("refusals", ())}
    versions = PolicyVersion.objects.filter(pk__in=ids)
    known = {pk: row for pk, *row in versions.values_list("pk", "policy__code", "definition__beneficiary")}
    told = {id_: known.get(id_, (None, "")) for id_ in ids}
    return {id_: code for id_, (code, beneficiary) in told.items() if beneficiary != but_for}


def _explain_award(trigger: str, kept: Mapping[str, Any], people: Mapping[int, str]) -> dict[str, Any]:
    award = Award.from_json(kept)
    explained: dict[str, Any] = {
        "policy": award.policy_code,
        "trigger": trigger,
        "beneficiary": award.beneficiary,
        "customer": people[award.customer_id],
        "kind": award.kind,
        "sentence": decision_in_words(award.code, award.args),
    }
    if award.kind == "points":
        explained |= {"points": award.points, **award.terms.to_json()}
    else:
        explained |= {"option": award.option, "quantity": award.quantity}
    if award.milestone is not None:
        explained["milestone"] = award.milestone
    return explained


def _explain_refusal(
    trigger: str, codes: Mapping[int, str | None], version_id: int, code: str, args: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    sentence = decision_in_words(code, args)
    return {"policy": codes[version_id], "trigger": trigger, "code": code, "sentence": sentence}
