"""Reading what was decided, and what a customer has."""

from collections.abc import Collection, Mapping, Sequence
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

_NO_GRANTS = msgspec.Raw(b"[]")
_CREDITS = """
    SELECT customer.id, customer.external_id, customer.uuid::text, account.id, account.available, account.pending,
        account.held, account.owed, account.tier_id, account.next_change_at, (
            SELECT json_agg(json_build_object('id', issued.uuid, 'option', option.code, 'name', option.name,
                'quantity', issued.quantity,
                'issued_at', to_char(issued.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            ) ORDER BY issued.id)::text
            FROM rewards_grant AS issued JOIN rewards_rewardoption AS option ON option.id = issued.option_id
            WHERE issued.customer_id = customer.id AND issued.state = 'issued'
        ), pg_visible_in_snapshot(asked.mark::xid8, pg_current_snapshot())
    FROM {asked} JOIN referrals_customer AS customer ON {identity}
    LEFT JOIN credits_account AS account ON account.customer_id = customer.id AND account.wallet_id = %s
    WHERE customer.merchant_id = %s
"""
"""Customers' credits, each in one row: checkouts ask for nothing more often.

One statement sees one instant: what it tells of the credits, and of the transaction whose mark was seen.
"""

_ONE = "(SELECT %s AS reference, %s::text AS mark) AS asked"
_BY_EXTERNAL_ID = _CREDITS.format(asked=_ONE, identity="customer.external_id = asked.reference")
_BY_UUID = _CREDITS.format(asked=_ONE, identity="customer.uuid = asked.reference")
_BY_IDS = _CREDITS.format(
    asked="unnest(%s::bigint[], %s::text[]) AS asked (customer_id, mark)", identity="customer.id = asked.customer_id"
)


@dataclass(frozen=True, slots=True)
class Credits:
    """What a checkout needs to know of a customer.

    `exact_until` is when the next points expire or become spendable; None: nothing changes by itself. `mark_ended`
    says whether the transaction that was asked about had ended before this was read.
    """

    customer_id: int
    external_id: str | None
    uuid: str
    terms: WalletOnDisplay
    available: int
    pending: int
    held: int
    owed: int
    tier: msgspec.Raw
    grants: msgspec.Raw
    exact_until: datetime | None
    mark_ended: bool | None

    @property
    def public_id(self) -> str:
        """What other systems call this customer: the merchant's id, or else ours."""
        return self.external_id or self.uuid


def credits_of(*, merchant_id: int, reference: str, now: datetime, mark: str | None = None) -> Credits | None:
    """A customer's credits at `now`, or None if the merchant has no such customer.

    :param reference: the merchant's id of the customer, or ours.
    :param mark: the id of a transaction that changed, or changes, their credits.
    """
    terms = wallet_on_display(merchant_id=merchant_id)
    if terms is None:
        return None
    rows = execute_prepared(_BY_EXTERNAL_ID, [reference, mark, terms.wallet_id, merchant_id])
    if not rows and (uuid := as_uuid(reference)):
        rows = execute_prepared(_BY_UUID, [uuid, mark, terms.wallet_id, merchant_id])
    return _credits(rows[0], terms, now) if rows else None


def credits_of_many(*, merchant_id: int, marks: Mapping[int, str | None], now: datetime) -> list[Credits]:
    """The credits of some customers at `now`.

    :param marks: the id of a transaction that changed, or changes, their credits, by customer.
    """
    terms = wallet_on_display(merchant_id=merchant_id)
    if terms is None:
        return []
    rows = execute_prepared(_BY_IDS, [list(marks), list(marks.values()), terms.wallet_id, merchant_id])
    return [_credits(row, terms, now) for row in rows]


def _credits(row: tuple[Any, ...], terms: WalletOnDisplay, now: datetime) -> Credits:
    (
        customer_id, external_id, uuid, account_id, available, pending, held, owed, tier_id, exact_until, grants,
        mark_ended,
    ) = row  # fmt: skip
    if exact_until is not None and exact_until <= now:
        available, pending, held, owed = balance_now(account_id=account_id, owed=owed, now=now)
    return Credits(
        customer_id=customer_id,
        external_id=external_id,
        uuid=uuid,
        terms=terms,
        available=available or 0,
        pending=pending or 0,
        held=held or 0,
        owed=owed or 0,
        tier=terms.tier(tier_id),
        grants=msgspec.Raw(grants.encode()) if grants else _NO_GRANTS,
        exact_until=exact_until,
        mark_ended=mark_ended,
    )


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
    evaluations = [root, *Evaluation.objects.filter(cause=root).order_by("id")]
    return _explanation(evaluations, _people(evaluations), _policy_codes(evaluations))


def explain_own(*, trigger: Trigger, subject_ids: Collection[int], customer: Customer) -> dict[int, Explanation]:
    """What was decided for facts of a customer, by fact; what their referrer received, or did not, is left out."""
    roots = Evaluation.objects.filter(subject_id__in=subject_ids, trigger=trigger, cause=None)
    families = {root.pk: [root] for root in roots}
    for child in Evaluation.objects.filter(cause__in=list(families)).order_by("id"):
        families[child.cause_id or 0].append(child)
    people = {customer.pk: customer.public_id}
    codes = _policy_codes([each for family in families.values() for each in family], but_for="referrer")
    return {family[0].subject_id: _explanation(family, people, codes) for family in families.values()}


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
        "sentence": SENTENCES[award.code].format(**award.args),
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
    sentence = SENTENCES[code].format(**(args or {}))
    return {"policy": codes[version_id], "trigger": trigger, "code": code, "sentence": sentence}
