"""T2: a batch of work orders of one merchant is decided in memory and posted, in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from config.lib.bulk import next_ids
from credits.services.book import Book
from credits.services.ledger_rows import Move
from referrals.models.merchants import Merchant
from referrals.services.steps import OpenReferral, qualify_referral, write_referrals
from rewards.engine.campaigns.taking import Taking
from rewards.engine.decision import Award
from rewards.engine.evaluate import evaluate
from rewards.engine.facts import CustomerFacts, Facts, PurchaseFacts, RfmFacts
from rewards.engine.limits import period_key
from rewards.engine.milestones import ACROSS_FRIENDS, PER_FRIEND, PURCHASES, measured
from rewards.engine.policy import CompiledPolicy, PolicySet
from rewards.models.evaluations import Evaluation, Trigger
from rewards.services.evaluation.campaigns import Campaigns
from rewards.services.evaluation.counters import Counters
from rewards.services.evaluation.giving import Giving, Rise
from rewards.services.evaluation.inputs import inputs_of
from rewards.services.evaluation.knowing import Knowledge, Known, Reached
from rewards.services.evaluation.limits import LimitUses
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder
from rewards.services.evaluation.referring import may_qualify, on_hold
from rewards.services.evaluation.writing import Occasion, write_decisions

LEADS_TO_GOALS = (Trigger.PURCHASE_COMPLETED, Trigger.PAYMENT_SETTLED, Trigger.REFERRAL_QUALIFIED)

DEPTH_MAX = 3
"""How far consequences may have consequences of their own."""

NO_POLICY = 0
SUBJECTS: Mapping[str, str] = {
    Trigger.PURCHASE_COMPLETED: "purchase",
    Trigger.REFERRAL_JOINED: "referral",
    Trigger.ACTIVITY_RECORDED: "activity",
    Trigger.SCHEDULE_DUE: "occurrence",
}
"""What the work orders that policies decide are about, by their trigger."""

SPARE_IDS = 50


@dataclass(slots=True)
class Batch:
    """What a batch knows, and what it has decided so far.

    `refused_codes` says why the code that a purchase carried was refused, by its work order; `spare_ids` are
    evaluation ids for consequences; `unverified` are customers whose e-mail is not verified, and `rfm` is how
    customers buy: each if any policy asks.
    """

    merchant: Merchant
    minor_digits: int
    policies: PolicySet
    book: Book
    referrals: dict[int, OpenReferral]
    refused_codes: dict[int, str]
    counters: Counters
    limits: LimitUses
    campaigns: Campaigns
    spare_ids: list[int]
    unverified: Collection[int]
    rfm: Mapping[int, RfmFacts]
    now: datetime
    decided: list[tuple[Occasion, dict[str, Any]]] = field(default_factory=list)
    joined: set[int] = field(default_factory=set)
    limited: dict[int, CompiledPolicy] = field(init=False)
    knowledge: Knowledge = field(init=False)
    giving: Giving = field(init=False)

    def __post_init__(self) -> None:
        self.knowledge = Knowledge(self.policies, self.book, self.counters, self.limits, self.campaigns, self.rfm)
        self.giving = Giving(self.book, self.campaigns, self.unverified, self.now)
        self.limited = {policy.policy_id: policy for policy in self.policies.limited}

    def decide(self, order: WorkOrder) -> None:
        """Decide a work order and what follows from it: the friend joined, the referral qualified."""
        referral = self.referrals.get(order.customer_id)
        occasion = Occasion(
            order.id, order.trigger, SUBJECTS[order.trigger], order.subject_id, order.customer_id, order.occurred_at
        )
        if order.purchase is None:
            purchases = self.counters.amount(order.customer_id, PER_FRIEND, PURCHASES)
            known = Known(None, purchases_before=purchases, activity=order.activity, due=order.due)
            if referral is not None and referral.joined_at is not None and not referral.is_void:
                known.referral = referral
            self._evaluate(occasion, known)
            return
        self._decide_purchase(occasion, referral, order.purchase)

    def _decide_purchase(self, occasion: Occasion, referral: OpenReferral | None, purchase: PurchaseRow) -> None:
        known = Known(referral, awaits_payment=not purchase.is_paid)
        qualifies = referral is not None and self._qualifies(referral, purchase, occasion.occurred_at)
        if referral is not None and referral.is_void and not qualifies:
            known.referral, known.is_void = None, True
        if referral is not None and referral.joined_now and referral.id not in self.joined:
            self.joined.add(referral.id)
            self._bring_counts(referral)
            self._evaluate(self._consequence(occasion, Trigger.REFERRAL_JOINED, referral), known)
        known.purchase = self._bought(purchase)
        known.purchases_before = self.counters.amount(occasion.customer_id, PER_FRIEND, PURCHASES)
        known.reached = self._count(occasion.customer_id, known.referral, known.purchase)
        known.refused_code = self.refused_codes.get(occasion.evaluation_id, "")
        self._evaluate(occasion, known)
        if referral is not None and qualifies:
            qualify_referral(referral, now=self.now)
            known.refused_code = ""
            self._evaluate(self._consequence(occasion, Trigger.REFERRAL_QUALIFIED, referral), known)

    def confirm(
        self,
        order: WorkOrder,
        purchase: PurchaseRow,
        *,
        purchased_at: datetime,
        qualifies: bool,
        decision: dict[str, Any],
    ) -> None:
        """Decide what follows when a purchase, evaluated before, is paid at last and claimed: its referral may qualify.

        :param order: of the payment.
        :param qualifies: whether its referral waits for it, and what is left of it is enough.
        :param decision: what is kept of it.
        """
        referral = self.referrals.get(order.customer_id)
        occasion = Occasion(order.id, order.trigger, "payment", order.subject_id, order.customer_id, order.occurred_at)
        self.decided.append((occasion, decision))
        bought = msgspec.structs.replace(occasion, occurred_at=purchased_at)
        self._follow(occasion, self.knowledge.facts(bought, Known(referral, purchase=self._bought(purchase))))
        if referral is None or not qualifies:
            return
        earlier = self.counters.amount(order.customer_id, PER_FRIEND, PURCHASES) - 1
        known = Known(referral, purchase=self._bought(purchase), purchases_before=earlier)
        qualify_referral(referral, now=self.now)
        self._evaluate(self._consequence(occasion, Trigger.REFERRAL_QUALIFIED, referral), known)

    def follow_release(self, review: Occasion, *, rises: Sequence[Rise], qualified_at: datetime | None) -> None:
        """Decide what follows for who rose by a release, and for the goals of the round in which the friend bought."""
        for customer_id, move in rises:
            self._rise(review, customer_id, move, awaits_payment=False)
        if qualified_at is not None:
            bought = msgspec.structs.replace(review, trigger=Trigger.REFERRAL_QUALIFIED, occurred_at=qualified_at)
            facts = self.knowledge.facts(bought, Known(self.referrals[review.customer_id]))
            if facts.referrer is not None:
                self._reach_goals(review, facts, facts.referrer, of_friends=True)

    def write(self) -> None:
        """Write everything, each table once."""
        write_referrals(merchant_id=self.merchant.pk, referrals=self.referrals.values(), now=self.now)
        write_decisions(merchant_id=self.merchant.pk, decided=self.decided, now=self.now)
        self.book.write()
        self.counters.write()
        self.limits.write()
        self.giving.write(self.merchant.pk)
        self.campaigns.write(self.now)

    def _bought(self, purchase: PurchaseRow) -> PurchaseFacts:
        return PurchaseFacts(purchase.total, self.merchant.currency, self.minor_digits, purchase.lines)

    def _consequence(self, cause: Occasion, trigger: Trigger, referral: OpenReferral) -> Occasion:
        return self._child(cause, trigger, "referral", referral.id, cause.customer_id)

    def _child(self, cause: Occasion, trigger: Trigger, noun: str, subject_id: int, customer_id: int) -> Occasion:
        if not self.spare_ids:
            self.spare_ids += next_ids(Evaluation, SPARE_IDS)
        return Occasion(
            self.spare_ids.pop(),
            trigger,
            noun,
            subject_id,
            customer_id,
            cause.occurred_at,
            cause_id=cause.evaluation_id,
            depth=cause.depth + 1,
        )

    def _qualifies(self, referral: OpenReferral, purchase: PurchaseRow, at: datetime) -> bool:
        """The first purchase that is paid for, large enough and in time completes a referral."""
        is_enough = purchase.total >= self.merchant.minimum_qualifying_purchase
        return purchase.is_paid and is_enough and may_qualify(referral, merchant=self.merchant, at=at)

    def _evaluate(self, occasion: Occasion, known: Known) -> None:
        facts = self.knowledge.facts(occasion, known)
        days, usual = self.merchant.referral_hold_days, self.book.terms.pending_days
        decision = on_hold(evaluate(facts, self.policies), trigger=occasion.trigger, days=days, usual=usual)
        kept = decision.to_json()
        kept["inputs"] = inputs_of(facts, self.policies)
        if known.is_void:
            kept["inputs"]["void"] = True
        if occasion.trigger == Trigger.REFERRAL_QUALIFIED:
            kept["inputs"]["minimum"] = self.merchant.minimum_qualifying_purchase
        if known.refused_code:
            kept.setdefault("refusals", []).append([NO_POLICY, known.refused_code])
        claims = {occasion.customer_id: 0}
        for award, kept_award in zip(decision.awards, kept.get("awards", ()), strict=True):
            self.giving.give(occasion, award, known)
            if period := self._use_limit(award, facts):
                kept_award["period"] = period
            is_certain = not known.is_held(occasion.trigger, award)
            if not is_certain:
                kept_award["held"] = True
            if award.kind == "points" and award.counts_for_tier and is_certain:
                claims[award.customer_id] = claims.get(award.customer_id, 0) + award.points
        self.decided.append((occasion, kept))
        self._claim_tiers(occasion, claims, known)
        self._follow(occasion, facts, awaits_payment=known.awaits_payment, is_held=known.holds(occasion.trigger))

    def _count(self, customer_id: int, referral: OpenReferral | None, purchase: PurchaseFacts) -> Reached:
        """Count the purchase for the buyer, and for whoever referred them."""
        reached: Reached = {}
        owners = [(customer_id, PER_FRIEND)]
        if referral is not None:
            owners.append((referral.referrer_id, ACROSS_FRIENDS))
        for owner, scope in owners:
            for measure in self.counters.of(owner, scope):
                reached[scope, measure] = self.counters.advance(owner, scope, measure, measured(purchase, measure))
        return reached

    def _bring_counts(self, referral: OpenReferral) -> None:
        """What a friend bought before they joined counts for the referrer from now on."""
        for measure in self.counters.of(referral.referrer_id, ACROSS_FRIENDS):
            if (referral.referrer_id, ACROSS_FRIENDS, measure) not in self.counters.from_history:
                brought = self.counters.amount(referral.referee_id, PER_FRIEND, measure)
                self.counters.advance(referral.referrer_id, ACROSS_FRIENDS, measure, brought)

    def _use_limit(self, award: Award, facts: Facts) -> str:
        """Count an award against its policy's limit.

        :returns: the period in which it counts; empty if the policy has no limit.
        """
        policy = self.limited.get(award.policy_id)
        if policy is None:
            return ""
        period = period_key(policy.definition.limits.per, facts.local_date)
        self.limits.use((award.policy_id, award.customer_id, period), award.points)
        return period

    def _claim_tiers(self, occasion: Occasion, claims: dict[int, int], known: Known) -> None:
        """Add to claims to a tier, the buyer's with what they bought, and lift who has reached a higher one."""
        counts = occasion.trigger == Trigger.PURCHASE_COMPLETED and not known.awaits_payment
        for customer_id, points in claims.items():
            is_buyer = counts and customer_id == occasion.customer_id
            self.giving.claim_tier(
                customer_id,
                spend=known.purchase.total if is_buyer and known.purchase is not None else 0,
                orders=1 if is_buyer else 0,
                points=0 if known.awaits_payment else points,
                evaluation_id=occasion.evaluation_id,
                occurred_at=occasion.occurred_at,
            )

    def _follow(self, occasion: Occasion, facts: Facts, *, awaits_payment: bool = False, is_held: bool = False) -> None:
        """Decide what follows from an evaluation: somebody rose to a higher tier, or reached the goal of a campaign."""
        risen = self.giving.risen()
        if occasion.depth < DEPTH_MAX:
            for customer_id, move in risen:
                self._rise(occasion, customer_id, move, awaits_payment=awaits_payment)
            if not (awaits_payment or is_held):
                self._complete_campaigns(occasion, facts)

    def _rise(self, occasion: Occasion, customer_id: int, move: Move, *, awaits_payment: bool) -> None:
        if not self.policies.set_off_by(Trigger.TIER_CHANGED):
            return
        before = self.book.tier_of(move.from_tier_id)
        known = Known(
            None,
            awaits_payment=awaits_payment,
            reached_tier=move.to_tier.code,
            previous_tier=before.code if before is not None else "",
        )
        self._evaluate(self._child(occasion, Trigger.TIER_CHANGED, "account", move.account_id, customer_id), known)

    def _complete_campaigns(self, occasion: Occasion, facts: Facts) -> None:
        """Whoever bought may have reached a goal, or whoever referred a friend who did so for the first time."""
        of_friends = occasion.trigger == Trigger.REFERRAL_QUALIFIED
        person = facts.referrer if of_friends else facts.buyer
        if person is None or occasion.trigger not in LEADS_TO_GOALS:
            return
        if of_friends:
            self.campaigns.count(person.id, occasion.occurred_at, spend=0, times=1, of_friends=True)
        self._reach_goals(occasion, facts, person, of_friends=of_friends)

    def _reach_goals(self, occasion: Occasion, facts: Facts, person: CustomerFacts, *, of_friends: bool) -> None:
        taking = Taking(facts)
        for campaign in self.campaigns.with_goal(of_friends=of_friends):
            round_ = taking.round_of(campaign)
            if round_ is None or taking.refuses(campaign, person):
                continue
            if self.campaigns.completes(campaign, person.id, round_):
                self.book.tell(person.id, "campaign.completed", {"campaign": campaign.code, "round": round_})
                child = self._child(occasion, Trigger.CAMPAIGN_COMPLETED, "campaign", campaign.id, person.id)
                self._evaluate(child, Known(None, campaign=campaign.code, round=round_))
