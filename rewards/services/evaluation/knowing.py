"""What is known of a work order and of the people it is about, put together for the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from credits.services.book import Book
from referrals.services.steps import OpenReferral
from rewards.engine.decision import Award
from rewards.engine.facts import NO_RFM, CustomerFacts, Facts, PurchaseFacts, RfmFacts
from rewards.engine.milestones import PER_FRIEND, PURCHASES
from rewards.engine.policy import PolicySet
from rewards.models.evaluations import Trigger
from rewards.services.evaluation.campaigns import Campaigns
from rewards.services.evaluation.causes import is_for_referral
from rewards.services.evaluation.counters import Counters
from rewards.services.evaluation.limits import LimitUses
from rewards.services.evaluation.writing import Occasion

NO_BADGES: frozenset[str] = frozenset()
NOT_MULTIPLIED = Fraction(1)

Reached = dict[tuple[str, str], tuple[int, int]]


@dataclass(slots=True)
class Known:
    """What the decisions about one work order share."""

    referral: OpenReferral | None
    awaits_payment: bool = False
    purchase: PurchaseFacts | None = None
    purchases_before: int = 0
    reached: Reached = field(default_factory=dict)
    refused_code: str = ""
    activity: str = ""
    is_void: bool = False
    campaign: str = ""
    round: str = ""
    reached_tier: str = ""
    previous_tier: str = ""
    due: tuple[int, ...] = ()

    def holds(self, trigger: str) -> bool:
        """Whether that the friend counts waits until somebody has looked at the referral."""
        return trigger == Trigger.REFERRAL_QUALIFIED and self.referral is not None and self.referral.is_held

    def is_held(self, trigger: str, award: Award) -> bool:
        """Whether an award waits until somebody has looked at the referral."""
        return self.referral is not None and self.referral.is_held and is_for_referral(trigger, award)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a batch has read: each fact is looked up here as it stands after the decisions before it."""

    policies: PolicySet
    book: Book
    counters: Counters
    limits: LimitUses
    campaigns: Campaigns
    rfm: Mapping[int, RfmFacts]

    def facts(self, occasion: Occasion, known: Known) -> Facts:
        """All that the engine may look at to decide about an occasion."""
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
            campaigns=self.campaigns.in_force,
            standings=self.campaigns.standings,
            budgets=self.campaigns.left,
            campaign=known.campaign,
            round=known.round,
            reached_tier=known.reached_tier,
            previous_tier=known.previous_tier,
            due=known.due,
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
        return CustomerFacts(
            customer_id,
            code,
            multiplier,
            purchases,
            is_referred,
            self.campaigns.segments.get(customer_id, ()),
            self.campaigns.badges.get(customer_id, NO_BADGES),
            self._next_tier(customer_id) if self.policies.lift_tiers else "",
            self.rfm.get(customer_id, NO_RFM),
        )

    def _next_tier(self, customer_id: int) -> str:
        """The tier above a customer's, if there is one and theirs is not locked."""
        above = self.book.tier_above(customer_id)
        return above.code if above is not None and not self.book.is_locked(customer_id) else ""
