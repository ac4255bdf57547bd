"""Reading what was decided, and what a customer has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from credits.selectors import balance_now
from referrals.models.customers import Customer
from referrals.models.purchases import Purchase
from referrals.selectors import as_uuid
from rewards.engine.decision import SENTENCES, Award
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.policies import PolicyVersion

_CREDITS = """
    SELECT coalesce(customer.external_id, customer.uuid::text), account.id,
        coalesce(account.available, 0), coalesce(account.pending, 0), coalesce(account.held, 0),
        coalesce(account.owed, 0), account.next_change_at, wallet.code, wallet.unit_name,
        tier.code, tier.name, tier.points_multiplier::text, tier.benefits::text,
        (SELECT coalesce(json_agg(json_build_object(
                'id', issued.uuid, 'option', option.code, 'name', option.name, 'quantity', issued.quantity,
                'issued_at', issued.issued_at) ORDER BY issued.id), '[]')::text
            FROM rewards_grant AS issued JOIN rewards_rewardoption AS option ON option.id = issued.option_id
            WHERE issued.customer_id = customer.id AND issued.state = 'issued')
    FROM referrals_customer AS customer
    JOIN credits_wallet AS wallet ON wallet.merchant_id = customer.merchant_id AND wallet.is_default
    LEFT JOIN credits_account AS account ON account.customer_id = customer.id AND account.wallet_id = wallet.id
    LEFT JOIN credits_tier AS tier ON tier.id = coalesce(account.tier_id,
        (SELECT id FROM credits_tier WHERE wallet_id = wallet.id ORDER BY rank LIMIT 1))
    WHERE customer.merchant_id = %s AND {identity}
"""
"""A customer's credits in one row and one round trip: checkouts ask for nothing more often."""


@dataclass(frozen=True, slots=True)
class Credits:
    """What a checkout needs to know of a customer; `benefits` and `grants` are JSON, as the database made it."""

    customer: str
    available: int
    pending: int
    held: int
    owed: int
    wallet: str
    unit_name: str
    tier_code: str | None
    tier_name: str | None
    tier_multiplier: str | None
    benefits: str | None
    grants: str


def credits_of(*, merchant_id: int, reference: str, now: datetime) -> Credits | None:
    """A customer's credits at `now`, or None if the merchant has no such customer.

    :param reference: the merchant's id of the customer, or ours.
    """
    row = _credits_row("customer.external_id = %s", [merchant_id, reference])
    if row is None and (uuid := as_uuid(reference)):
        row = _credits_row("customer.uuid = %s", [merchant_id, uuid])
    if row is None:
        return None
    customer, account_id, available, pending, held, owed, next_change_at, *rest = row
    if next_change_at is not None and next_change_at <= now:
        available, pending = balance_now(account_id=account_id, held=held, now=now)
    return Credits(customer, available, pending, held, owed, *rest)


def _credits_row(identity: str, params: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_CREDITS.format(identity=identity), params)
        return cursor.fetchone()


STATUS_NAMES = {
    EvaluationState.PENDING: "pending",
    EvaluationState.DONE: "evaluated",
    EvaluationState.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a purchase or a refund: its status and, once it is evaluated, what was given and what not."""

    status: str
    evaluated_at: datetime | None
    grants: list[dict[str, Any]]
    refusals: list[dict[str, Any]]


def explain_purchase(purchase: Purchase) -> Explanation:
    """What was decided for a purchase, and for what followed from it, each in a sentence."""
    root = Evaluation.objects.get(subject_id=purchase.pk, trigger=Trigger.PURCHASE_COMPLETED, cause=None)
    evaluations = [root, *Evaluation.objects.filter(cause=root).order_by("id")]
    decisions = [(evaluation, evaluation.decision or {}) for evaluation in evaluations]
    people = _people(decisions)
    names = _policy_codes(decisions)
    return Explanation(
        status=STATUS_NAMES[EvaluationState(root.state)],
        evaluated_at=root.evaluated_at,
        grants=[
            _explain_award(evaluation.trigger, kept, people)
            for evaluation, decision in decisions
            for kept in decision.get("awards", ())
        ],
        refusals=[
            _explain_refusal(evaluation.trigger, names, *refusal)
            for evaluation, decision in decisions
            for refusal in decision.get("refusals", ())
        ],
    )


def refund_status(*, refund_id: int) -> str:
    """Whether a refund has been worked out: pending, evaluated or failed."""
    evaluation = Evaluation.objects.get(subject_id=refund_id, trigger=Trigger.PURCHASE_REFUNDED)
    return STATUS_NAMES[EvaluationState(evaluation.state)]


def _people(decisions: Sequence[tuple[Evaluation, Mapping[str, Any]]]) -> dict[int, str]:
    ids = {award["customer"] for _, decision in decisions for award in decision.get("awards", ())}
    return {customer.pk: customer.public_id for customer in Customer.objects.filter(pk__in=ids)}


def _policy_codes(decisions: Sequence[tuple[Evaluation, Mapping[str, Any]]]) -> dict[int, str]:
    ids = {refusal[0] for _, decision in decisions for refusal in decision.get("refusals", ())}
    return dict(PolicyVersion.objects.filter(pk__in=ids).values_list("pk", "policy__code"))


def _explain_award(trigger: str, kept: Mapping[str, Any], people: Mapping[int, str]) -> dict[str, Any]:
    award = Award.from_json(kept)
    explained: dict[str, Any] = {
        "policy": award.policy_code,
        "trigger": trigger,
        "beneficiary": award.beneficiary,
        "customer": people[award.customer_id],
        "kind": award.kind,
        "sentence": SENTENCES[award.code].format(**award.args),
    }
    if award.kind == "points":
        explained["points"] = award.points
    else:
        explained |= {"option": award.option, "quantity": award.quantity}
    if award.milestone is not None:
        explained["milestone"] = award.milestone
    return explained


def _explain_refusal(
    trigger: str, names: Mapping[int, str], version_id: int, code: str, args: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    sentence = SENTENCES[code].format(**(args or {}))
    return {"policy": names.get(version_id), "trigger": trigger, "code": code, "sentence": sentence}
