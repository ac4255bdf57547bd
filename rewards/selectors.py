"""Reading what was decided, and what a customer has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Exists, OuterRef

from config.lib.prepared import execute_prepared
from credits.selectors import WalletOnDisplay, balance_now, wallet_on_display
from referrals.models.customers import Customer
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from referrals.selectors import as_uuid
from rewards.engine.decision import SENTENCES, Award
from rewards.engine.returns import Part, Sale, Settled, SoldLine
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.policies import PolicyVersion

_CREDITS = """
    SELECT customer.id, coalesce(customer.external_id, customer.uuid::text), account.id, account.available,
        account.pending, account.held, account.owed, account.tier_id, account.next_change_at,
        EXISTS (SELECT FROM rewards_grant WHERE customer_id = customer.id AND state = 'issued')
    FROM referrals_customer AS customer
    LEFT JOIN credits_account AS account ON account.customer_id = customer.id AND account.wallet_id = %s
    WHERE customer.merchant_id = %s AND {identity}
"""
"""A customer's credits in one row and one round trip: checkouts ask for nothing more often."""

_GRANTS = """
    SELECT issued.uuid, option.code, option.name, issued.quantity, issued.issued_at
    FROM rewards_grant AS issued JOIN rewards_rewardoption AS option ON option.id = issued.option_id
    WHERE issued.customer_id = %s AND issued.state = 'issued' ORDER BY issued.id
"""

_BY_EXTERNAL_ID = _CREDITS.format(identity="customer.external_id = %s")
_BY_UUID = _CREDITS.format(identity="customer.uuid = %s")


@dataclass(frozen=True, slots=True)
class Credits:
    """What a checkout needs to know of a customer."""

    customer: str
    terms: WalletOnDisplay
    available: int
    pending: int
    held: int
    owed: int
    tier: msgspec.Raw
    grants: list[dict[str, Any]]


def credits_of(*, merchant_id: int, reference: str, now: datetime) -> Credits | None:
    """A customer's credits at `now`, or None if the merchant has no such customer.

    :param reference: the merchant's id of the customer, or ours.
    """
    terms = wallet_on_display(merchant_id=merchant_id)
    if terms is None:
        return None
    rows = execute_prepared(_BY_EXTERNAL_ID, [terms.wallet_id, merchant_id, reference])
    if not rows and (uuid := as_uuid(reference)):
        rows = execute_prepared(_BY_UUID, [terms.wallet_id, merchant_id, uuid])
    if not rows:
        return None
    customer_id, name, account_id, available, pending, held, owed, tier_id, next_change_at, has_grants = rows[0]
    if next_change_at is not None and next_change_at <= now:
        available, pending = balance_now(account_id=account_id, held=held, now=now)
    return Credits(
        customer=name,
        terms=terms,
        available=available or 0,
        pending=pending or 0,
        held=held or 0,
        owed=owed or 0,
        tier=terms.tier(tier_id),
        grants=_usable_grants(customer_id) if has_grants else [],
    )


def _usable_grants(customer_id: int) -> list[dict[str, Any]]:
    columns = ("id", "option", "name", "quantity", "issued_at")
    return [dict(zip(columns, row, strict=True)) for row in execute_prepared(_GRANTS, [customer_id])]


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


def refund_status(refund: Refund) -> str:
    """Where a refund stands: parked or refused; once its purchase is known, pending, evaluated or failed."""
    if refund.purchase_id is None:
        return "refused" if refund.refusal else "parked"
    evaluation = Evaluation.objects.get(subject_id=refund.pk, trigger=Trigger.PURCHASE_REFUNDED)
    return STATUS_NAMES[EvaluationState(evaluation.state)]


def sale_of(purchase: Purchase) -> Sale:
    """A purchase, as refunds look at it."""
    return Sale(total=purchase.total, lines=msgspec.convert(purchase.lines, tuple[SoldLine, ...]))


def settled_refunds(purchase: Purchase, *, only_evaluated: bool = False) -> list[Settled]:
    """What was paid back of a purchase so far: all that was accepted, or only what has been undone."""
    refunds = Refund.objects.filter(purchase=purchase)
    if only_evaluated:
        done = Evaluation.objects.filter(
            subject_id=OuterRef("pk"), trigger=Trigger.PURCHASE_REFUNDED, state=EvaluationState.DONE
        )
        refunds = refunds.filter(Exists(done))
    return [
        Settled(amount or 0, msgspec.convert(parts, tuple[Part, ...]))
        for amount, parts in refunds.values_list("amount", "lines")
    ]


def payment_status(purchase: Purchase) -> str:
    """Whether a purchase is paid, waits for its payment, or was voided."""
    return purchase.payments.values_list("status", flat=True).first() or purchase.payment_status


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
