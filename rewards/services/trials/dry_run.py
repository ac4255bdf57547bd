"""A dry run: what a purchase, an activity or a day would give now, or at a moment to come, with every step on the way.

It decides by what is on record at this moment, with the code that decides in earnest, and writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral, ReferralStatus, Risk
from referrals.services.claims import Claim, read_record
from referrals.services.codes import normalise_code
from referrals.services.steps import OpenReferral, join_referral
from rewards.engine.decision import Award
from rewards.engine.facts import Line
from rewards.engine.tracing import PolicyTrace, trace
from rewards.models.evaluations import Trigger
from rewards.services.evaluation.batch import Batch
from rewards.services.evaluation.knowing import Known
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder
from rewards.services.evaluation.writing import Occasion
from rewards.services.trials.candidates import Candidate, policies_tried
from rewards.services.trials.paper import NOBODY, open_on_paper, open_referral_of


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: somebody buys something, does something else, or a day comes for them.

    :param customer: None for somebody new.
    :param total: what is paid, in minor units; None for anything but a purchase.
    :param activity: its kind; empty for anything but an activity. With neither, it is the day of `at` that comes.
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

    @property
    def trigger(self) -> Trigger:
        """What is tried."""
        if self.total is not None:
            return Trigger.PURCHASE_COMPLETED
        return Trigger.ACTIVITY_RECORDED if self.activity else Trigger.SCHEDULE_DUE


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

    def __post_init__(self) -> None:
        super().__post_init__()
        self.traced = []

    def _evaluate(self, occasion: Occasion, known: Known) -> None:
        facts = self.knowledge.facts(occasion, known)
        self.traced.append(Decided(occasion.trigger, trace(facts, self.policies)))
        super()._evaluate(occasion, known)


def dry_run(*, merchant: Merchant, trial: Trial) -> DryRun:
    """Decide a trial as it would be decided at its moment, by what is on record now.

    :raises Wallet.DoesNotExist: if the merchant has no programme yet.
    """
    customer_id = trial.customer.pk if trial.customer else NOBODY
    referral, refused = _referral(merchant, customer_id, trial)
    batch = open_on_paper(
        _TracedBatch,
        merchant=merchant,
        policies=policies_tried(merchant, trial.candidate, trial.at),
        customer_ids=[customer_id],
        referrals={customer_id: referral} if referral else {},
        refused_codes={NOBODY: refused} if refused else {},
        at=trial.at,
        now=trial.at,
    )
    purchase = None
    if trial.total is not None:
        purchase = PurchaseRow(trial.total, trial.lines, trial.referral_code, trial.is_paid)
    tier = batch.book.tier_at(customer_id, trial.at)
    purchases = batch.counters.amount(customer_id, "per_friend", "purchases")
    batch.decide(WorkOrder(NOBODY, trial.trigger, NOBODY, customer_id, trial.at, purchase, trial.activity))
    return DryRun(batch.traced, refused, tier.code if tier else "", purchases)


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
        referral = open_referral_of(known)
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
