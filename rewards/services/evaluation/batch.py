"""T2: a batch of work orders of one merchant is decided in memory and posted, in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from credits.services.book import Book
from credits.services.ledger_rows import Cause
from referrals.models.merchants import Merchant
from referrals.models.referrals import ReferralStatus
from referrals.services.attribution import OpenReferral, qualify_referral, reward_referral, write_referrals
from rewards.engine.decision import Award
from rewards.engine.evaluate import evaluate
from rewards.engine.facts import CustomerFacts, Facts, PurchaseFacts
from rewards.engine.limits import period_key
from rewards.engine.milestones import ACROSS_FRIENDS, PER_FRIEND, PURCHASES, measured
from rewards.engine.policy import CompiledPolicy, PolicySet
from rewards.engine.triggers import REFERRER
from rewards.models.evaluations import Trigger
from rewards.services.evaluation.causes import AWAITS_EMAIL, AWAITS_PAYMENT, cause_key
from rewards.services.evaluation.counters import Counters
from rewards.services.evaluation.limits import LimitUses
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder
from rewards.services.evaluation.terms import lot_terms
from rewards.services.evaluation.writing import NewGrant, Occasion, write_decisions, write_grants

MAY_QUALIFY = (ReferralStatus.JOINED, ReferralStatus.REVERSED)

Reached = dict[tuple[str, str], tuple[int, int]]


NO_POLICY = 0
NOT_MULTIPLIED = Fraction(1)


@dataclass(slots=True)
class _Known:
    """What the decisions about one work order share."""

    referral: OpenReferral | None
    awaits_payment: bool = False
    purchase: PurchaseFacts | None = None
    purchases_before: int = 0
    reached: Reached = field(default_factory=dict)
    refused_code: str = ""
    activity: str = ""


@dataclass(slots=True)
class Batch:
    """What a batch knows, and what it has decided so far.

    `refused_codes` says why the code that a purchase carried was refused, by its work order; `spare_ids` are
    evaluation ids for consequences; `unverified` are customers whose e-mail is not verified, if any policy asks.
    """

    merchant: Merchant
    minor_digits: int
    policies: PolicySet
    book: Book
    referrals: dict[int, OpenReferral]
    refused_codes: dict[int, str]
    counters: Counters
    limits: LimitUses
    spare_ids: list[int]
    unverified: Collection[int]
    now: datetime
    decided: list[tuple[Occasion, dict[str, Any]]] = field(default_factory=list)
    grants: list[NewGrant] = field(default_factory=list)
    joined: set[int] = field(default_factory=set)
    limited: dict[int, CompiledPolicy] = field(init=False)

    def __post_init__(self) -> None:
        self.limited = {policy.policy_id: policy for policy in self.policies.limited}

    def decide(self, order: WorkOrder) -> None:
        """Decide a work order and what follows from it: the friend joined, the referral qualified."""
        referral = self.referrals.get(order.customer_id)
        subject_type = "purchase" if order.purchase else "activity" if order.activity else "referral"
        occasion = Occasion(
            order.id, order.trigger, subject_type, order.subject_id, order.customer_id, order.occurred_at
        )
        if order.purchase is None:
            purchases = self.counters.amount(order.customer_id, PER_FRIEND, PURCHASES)
            self._evaluate(occasion, _Known(referral, purchases_before=purchases, activity=order.activity))
            return
        self._decide_purchase(occasion, referral, order.purchase)

    def _decide_purchase(self, occasion: Occasion, referral: OpenReferral | None, purchase: PurchaseRow) -> None:
        known = _Known(referral, awaits_payment=not purchase.is_paid)
        if referral is not None and referral.joined_now and referral.id not in self.joined:
            self.joined.add(referral.id)
            self._bring_counts(referral)
            self._evaluate(self._consequence(occasion, Trigger.REFERRAL_JOINED, referral), known)
        known.purchase = self._bought(purchase)
        known.purchases_before = self.counters.amount(occasion.customer_id, PER_FRIEND, PURCHASES)
        known.reached = self._count(occasion.customer_id, referral, known.purchase)
        known.refused_code = self.refused_codes.get(occasion.evaluation_id, "")
        self._evaluate(occasion, known)
        if referral is not None and self._qualifies(referral, purchase):
            qualify_referral(referral, now=self.now)
            known.refused_code = ""
            self._evaluate(self._consequence(occasion, Trigger.REFERRAL_QUALIFIED, referral), known)

    def confirm(self, order: WorkOrder, purchase: PurchaseRow, *, qualifies: bool, decision: dict[str, Any]) -> None:
        """Decide what follows when a purchase, evaluated before, is paid at last: its referral may qualify.

        :param order: of the payment.
        :param qualifies: whether what is left of the purchase is enough.
        :param decision: what is kept of it.
        """
        referral = self.referrals.get(order.customer_id)
        occasion = Occasion(order.id, order.trigger, "payment", order.subject_id, order.customer_id, order.occurred_at)
        self.decided.append((occasion, decision))
        if referral is None or not qualifies or referral.status not in MAY_QUALIFY:
            return
        earlier = self.counters.amount(order.customer_id, PER_FRIEND, PURCHASES) - 1
        known = _Known(referral, purchase=self._bought(purchase), purchases_before=earlier)
        qualify_referral(referral, now=self.now)
        self._evaluate(self._consequence(occasion, Trigger.REFERRAL_QUALIFIED, referral), known)

    def write(self) -> None:
        """Write everything, each table once."""
        write_referrals(merchant_id=self.merchant.pk, referrals=self.referrals.values(), now=self.now)
        write_decisions(merchant_id=self.merchant.pk, decided=self.decided, now=self.now)
        self.book.write()
        self.counters.write()
        self.limits.write()
        write_grants(merchant_id=self.merchant.pk, grants=self.grants, now=self.now)

    def _bought(self, purchase: PurchaseRow) -> PurchaseFacts:
        return PurchaseFacts(purchase.total, self.merchant.currency, self.minor_digits, purchase.lines)

    def _consequence(self, cause: Occasion, trigger: Trigger, referral: OpenReferral) -> Occasion:
        return Occasion(
            self.spare_ids.pop(),
            trigger,
            "referral",
            referral.id,
            cause.customer_id,
            cause.occurred_at,
            cause_id=cause.evaluation_id,
        )

    def _qualifies(self, referral: OpenReferral, purchase: PurchaseRow) -> bool:
        """The first purchase that is paid for and large enough completes a referral."""
        is_enough = purchase.total >= self.merchant.minimum_qualifying_purchase
        return referral.status in MAY_QUALIFY and purchase.is_paid and is_enough

    def _evaluate(self, occasion: Occasion, known: _Known) -> None:
        facts = self._facts(occasion, known)
        decision = evaluate(facts, self.policies)
        kept = decision.to_json()
        kept["inputs"] = {"tier": facts.buyer.tier, "purchases": facts.buyer.purchases}
        if self.policies.ask_about_referrals:
            referrer = facts.referrer
            kept["inputs"]["referrer"] = [referrer.tier, referrer.purchases] if referrer is not None else None
        if occasion.trigger == Trigger.REFERRAL_QUALIFIED:
            kept["inputs"]["minimum"] = self.merchant.minimum_qualifying_purchase
        if known.refused_code:
            kept.setdefault("refusals", []).append([NO_POLICY, known.refused_code])
        claims = {occasion.customer_id: 0}
        for award, kept_award in zip(decision.awards, kept.get("awards", ()), strict=True):
            self._give(occasion, award, known)
            if period := self._use_limit(award, facts):
                kept_award["period"] = period
            if award.kind == "points" and award.counts_for_tier:
                claims[award.customer_id] = claims.get(award.customer_id, 0) + award.points
        self.decided.append((occasion, kept))
        self._claim_tiers(occasion, claims, known)

    def _facts(self, occasion: Occasion, known: _Known) -> Facts:
        local = occasion.occurred_at.astimezone(self.book.terms.zone)
        referral = known.referral
        return Facts(
            trigger=occasion.trigger,
            occurred_at=occasion.occurred_at,
            local_date=local.date(),
            local_weekday=local.weekday(),
            local_minute=local.hour * 60 + local.minute,
            buyer=self._person(
                occasion.customer_id, occasion, known.purchases_before, is_referred=referral is not None
            ),
            referrer=self._referrer(referral, occasion) if referral is not None else None,
            purchase=known.purchase,
            reached=known.reached,
            usage=self.limits.values,
            activity=known.activity,
        )

    def _referrer(self, referral: OpenReferral, occasion: Occasion) -> CustomerFacts:
        """The referrer; their purchases are counted only where a policy asks for them."""
        purchases, _ = self.counters.values.get((referral.referrer_id, PER_FRIEND, PURCHASES), (0, 0))
        return self._person(referral.referrer_id, occasion, purchases)

    def _person(
        self, customer_id: int, occasion: Occasion, purchases: int = 0, *, is_referred: bool = False
    ) -> CustomerFacts:
        tier = self.book.tier_at(customer_id, occasion.occurred_at)
        code, multiplier = (tier.code, tier.multiplier) if tier is not None else ("", NOT_MULTIPLIED)
        return CustomerFacts(customer_id, code, multiplier, purchases, is_referred)

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

    def _give(self, occasion: Occasion, award: Award, known: _Known) -> None:
        key = cause_key(occasion.evaluation_id, award)
        if award.kind == "points":
            arguments: dict[str, Any] = {"policy": award.policy_id, "as": award.beneficiary}
            if award.milestone is not None:
                arguments["milestone"] = award.milestone
            cause = Cause(
                key,
                occasion.subject_type,
                occasion.subject_id,
                occasion.evaluation_id,
                award.version_id,
                occasion.trigger,
                arguments,
                occasion.occurred_at,
            )
            terms = lot_terms(award.terms, wallet=self.book.terms, occurred_at=occasion.occurred_at, now=self.book.now)
            self.book.earn(
                award.customer_id, award.points, cause, waiting_for=self._waits_for(occasion, award, known), **terms
            )
        else:
            self.grants.append(
                NewGrant(
                    award.customer_id,
                    award.option,
                    award.quantity,
                    occasion.evaluation_id,
                    award.version_id,
                    key,
                )
            )
            self.book.tell(award.customer_id, "grant.issued", {"option": award.option, "quantity": award.quantity})
        if award.beneficiary == REFERRER and known.referral is not None:
            reward_referral(known.referral, now=self.now)

    def _waits_for(self, occasion: Occasion, award: Award, known: _Known) -> str:
        if known.awaits_payment:
            return AWAITS_PAYMENT
        return AWAITS_EMAIL if award.terms.pending_until and occasion.customer_id in self.unverified else ""

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

    def _claim_tiers(self, occasion: Occasion, claims: dict[int, int], known: _Known) -> None:
        """Add to claims to a tier, the buyer's with what they bought, and lift who has reached a higher one."""
        counts = occasion.trigger == Trigger.PURCHASE_COMPLETED and not known.awaits_payment
        for customer_id, points in claims.items():
            is_buyer = counts and customer_id == occasion.customer_id
            self.book.qualify(
                customer_id,
                spend=known.purchase.total if is_buyer and known.purchase is not None else 0,
                orders=1 if is_buyer else 0,
                points=0 if known.awaits_payment else points,
                evaluation_id=occasion.evaluation_id,
                occurred_at=occasion.occurred_at,
            )
            self.book.lift_tier(customer_id, evaluation_id=occasion.evaluation_id, occurred_at=occasion.occurred_at)
