"""A dry run: what a purchase or an activity would give now, or at a moment to come, with every step on the way.

It decides by what is on record at this moment, with the code that decides in earnest, and writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision

from credits.selectors.terms import default_wallet_terms
from credits.services.paper import glance_at_book
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral, ReferralStatus, Risk
from referrals.services.claims import Claim, read_record
from referrals.services.codes import normalise_code
from referrals.services.steps import OpenReferral, join_referral
from rewards.engine.decision import Award
from rewards.engine.facts import Line
from rewards.engine.policy import PolicySet
from rewards.engine.tracing import PolicyTrace, trace
from rewards.models.evaluations import Trigger
from rewards.services.evaluation.batch import SPARE_IDS, Batch
from rewards.services.evaluation.campaigns import open_campaigns
from rewards.services.evaluation.counters import load_counters
from rewards.services.evaluation.knowing import Known
from rewards.services.evaluation.opening import counter_keys, rfm_of, uses_of_limits
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder
from rewards.services.evaluation.writing import Occasion
from rewards.services.trials.candidates import Candidate, policies_tried

NOBODY = 0
"""The id of somebody who is not known yet, and of what would be written."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: somebody buys something, or does something else.

    :param customer: None for somebody new.
    :param total: what is paid, in minor units; None for an activity.
    :param activity: its kind; empty for a purchase.
    :param candidate: policies in other words than those in force.
    """

    customer: Customer | None
    at: datetime
    total: int | None = None
    lines: tuple[Line, ...] = ()
    referral_code: str = ""
    is_paid: bool = True
    activity: str = ""
    candidate: Candidate = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What would be decided on one trigger: every policy that is asked, in order."""

    trigger: str
    policies: tuple[PolicyTrace, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would come of a trial: the decisions, those that follow from it among them.

    `refused_code` is why the referral code would be refused, `tier` the customer's, `purchases` theirs before.
    """

    decided: Sequence[Decided]
    refused_code: str
    tier: str
    purchases: int

    def points_of(self, *beneficiaries: str) -> int:
        """How many points these would get in all."""
        return sum(award.points for award in self.awards if award.beneficiary in beneficiaries)

    @property
    def awards(self) -> list[Award]:
        """All that would be given."""
        return [award for each in self.decided for traced in each.policies for award in traced.awards]


class _TracedBatch(Batch):
    """Decides like any batch, and keeps how; nothing of it is posted."""

    traced: list[Decided]

    def _evaluate(self, occasion: Occasion, known: Known) -> None:
        facts = self.knowledge.facts(occasion, known)
        self.traced.append(Decided(occasion.trigger, trace(facts, self.policies)))
        super()._evaluate(occasion, known)


def dry_run(*, merchant: Merchant, trial: Trial) -> DryRun:
    """Decide a trial as it would be decided at its moment, by what is on record now.

    :raises Wallet.DoesNotExist: if the merchant has no programme yet.
    """
    customer_id = trial.customer.pk if trial.customer else NOBODY
    policies = policies_tried(merchant, trial.candidate, trial.at)
    referral, refused = _referral(merchant, customer_id, trial)
    batch = _open(merchant, customer_id, referral, refused, policies, trial.at)
    purchase = None
    if trial.total is not None:
        purchase = PurchaseRow(trial.total, trial.lines, trial.referral_code, trial.is_paid)
    trigger = Trigger.ACTIVITY_RECORDED if trial.activity else Trigger.PURCHASE_COMPLETED
    tier = batch.book.tier_at(customer_id, trial.at)
    purchases = batch.counters.amount(customer_id, "per_friend", "purchases")
    batch.decide(WorkOrder(NOBODY, trigger, NOBODY, customer_id, trial.at, purchase, trial.activity))
    return DryRun(batch.traced, refused, tier.code if tier else "", purchases)


def _open(
    merchant: Merchant,
    customer_id: int,
    referral: OpenReferral | None,
    refused: str,
    policies: PolicySet,
    at: datetime,
) -> _TracedBatch:
    terms = default_wallet_terms(merchant=merchant)
    referrers = {referral.referrer_id} if referral else set()
    people = {customer_id} | referrers
    batch = _TracedBatch(
        merchant=merchant,
        minor_digits=get_currency_precision(merchant.currency),
        policies=policies,
        book=glance_at_book(terms=terms, customer_ids=people, now=at, earliest=at),
        referrals={customer_id: referral} if referral else {},
        refused_codes={NOBODY: refused} if refused else {},
        counters=load_counters(counter_keys(policies, {customer_id}, referrers), also_of=referrers),
        limits=uses_of_limits(policies, people, {at.astimezone(terms.zone).date()}),
        campaigns=open_campaigns(policies=policies, terms=terms, people=people, moments={at}, locked=False),
        rfm=rfm_of([customer_id]) if policies.ask_for_rfm else {},
        spare_ids=[NOBODY] * SPARE_IDS,
        unverified=(),
        now=at,
    )
    batch.traced = []
    return batch


def _referral(merchant: Merchant, customer_id: int, trial: Trial) -> tuple[OpenReferral | None, str]:
    """The referral by which the customer came, or would come with the code; and why the code would be refused."""
    known = Referral.objects.filter(merchant=merchant, referee=customer_id).first()
    code, refused = None, ""
    if trial.referral_code:
        claim = Claim(NOBODY, customer_id, normalise_code(trial.referral_code), trial.at)
        newcomers = () if known else (customer_id,)
        record = read_record(merchant_id=merchant.pk, claims=[claim], newcomers=newcomers)
        code, refused = record.judge(claim, link_id=known.referral_link_id if known else None)
    if known is not None:
        referral = OpenReferral(**{name: getattr(known, name) for name in _COLUMNS})
        if referral.status == ReferralStatus.PENDING and trial.total is not None:
            join_referral(referral, at=trial.at, reason="first_purchase")
        return referral, refused
    if code is None or refused:
        return None, refused
    told: dict[str, Any] = dict.fromkeys(("qualified_at", "rewarded_at", "reversed_at"))
    told |= {"claimed_at": trial.at, "joined_at": trial.at, "event_sequence": 0, "risk": Risk.CLEAR, "risk_score": 0}
    told |= {"referee_id": customer_id, "referrer_id": code.customer_id, "referral_link_id": code.id}
    status = ReferralStatus.JOINED
    return OpenReferral(id=NOBODY, uuid=UUID(int=0), status=status, joined_now=True, steps=[], **told), ""


_COLUMNS = tuple(name for name in OpenReferral.__struct_fields__ if name not in {"is_new", "joined_now", "steps"})
