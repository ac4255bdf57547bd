"""Giving what was decided: points, rewards, badges, steps up the tiers; and who rises by it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from credits.services.book import Book
from credits.services.ledger_rows import Move
from referrals.services.steps import reward_referral
from rewards.engine.decision import Award
from rewards.engine.kinds.steps import BADGE, EVENT, TIER_STEP
from rewards.engine.triggers import REFERRER
from rewards.models.grants import GrantState
from rewards.services.evaluation.campaigns import Campaigns
from rewards.services.evaluation.causes import AWAITS_EMAIL, AWAITS_PAYMENT, AWAITS_REVIEW, cause_key, cause_of
from rewards.services.evaluation.knowing import NO_BADGES, Known
from rewards.services.evaluation.terms import lot_terms
from rewards.services.evaluation.writing import NewBadge, NewGrant, Occasion, write_badges, write_grants

Rise = tuple[int, Move]
"""Who rose to a higher tier, and from where to where."""

WITHOUT_A_ROW_THAT_WAITS = (BADGE, EVENT, TIER_STEP)
"""What cannot be there and wait: while a referral is held it is not given."""


def tell_of(book: Book, award: Award) -> None:
    """Tell that somebody was given a badge or a reward, or what the merchant wants to be told."""
    if award.kind == BADGE:
        book.tell(award.customer_id, "badge.awarded", {"badge": award.option})
    elif award.kind == EVENT:
        book.tell(award.customer_id, f"custom.{award.option}", {"policy": award.policy_code})
    else:
        book.tell(award.customer_id, "grant.issued", {"option": award.option, "quantity": award.quantity})


@dataclass(slots=True)
class Giving:
    """What a batch gives: points through the book, the rest gathered here.

    `unverified` are customers whose e-mail is not verified, if any policy asks; `rises` those who rose to a higher tier
    since they were last asked for.
    """

    book: Book
    campaigns: Campaigns
    unverified: Collection[int]
    now: datetime
    grants: list[NewGrant] = field(default_factory=list)
    badges: list[NewBadge] = field(default_factory=list)
    rises: list[Rise] = field(default_factory=list)

    def give(self, occasion: Occasion, award: Award, known: Known) -> None:
        """Give what was awarded.

        While the referral is held points and grants wait where they are; of anything else, what is kept of the
        decision says that it waits, and a release gives it (see `reviews`).
        """
        is_held = known.is_held(occasion.trigger, award)
        if award.kind == "points":
            cause = cause_of(occasion, award)
            terms = lot_terms(award.terms, wallet=self.book.terms, occurred_at=occasion.occurred_at, now=self.book.now)
            self.book.earn(
                award.customer_id, award.points, cause, waiting_for=self._waits_for(occasion, award, known), **terms
            )
            self.campaigns.give(award.customer_id, award.campaigns)
        elif is_held and award.kind in WITHOUT_A_ROW_THAT_WAITS:
            return
        elif award.kind == BADGE:
            held = self.campaigns.badges.get(award.customer_id, NO_BADGES)
            self.campaigns.badges[award.customer_id] = held | {award.option}
            self.badges.append(NewBadge(award.customer_id, award.option, occasion.evaluation_id))
            tell_of(self.book, award)
        elif award.kind == EVENT:
            tell_of(self.book, award)
        elif award.kind == TIER_STEP:
            self._step_up(occasion, award.customer_id)
        else:
            self.grants.append(
                NewGrant(
                    award.customer_id,
                    award.option,
                    award.quantity,
                    occasion.evaluation_id,
                    award.version_id,
                    cause_key(occasion.evaluation_id, award),
                    GrantState.WAITING if is_held else GrantState.ISSUED,
                )
            )
            if not is_held:
                tell_of(self.book, award)
        if award.beneficiary == REFERRER and known.referral is not None:
            reward_referral(known.referral, now=self.now)

    def _waits_for(self, occasion: Occasion, award: Award, known: Known) -> str:
        if known.awaits_payment:
            return AWAITS_PAYMENT
        if known.is_held(occasion.trigger, award):
            return AWAITS_REVIEW
        return AWAITS_EMAIL if award.terms.pending_until and occasion.customer_id in self.unverified else ""

    def claim_tier(
        self, customer_id: int, *, spend: int, orders: int, points: int, evaluation_id: int, occurred_at: datetime
    ) -> None:
        """Add to a customer's claim to a tier, and to what leads to the goals of campaigns; lift them if they rise.

        Whoever was lifted by this evaluation already is not lifted again: it moves nobody twice.
        """
        self.book.qualify(
            customer_id,
            spend=spend,
            orders=orders,
            points=points,
            evaluation_id=evaluation_id,
            occurred_at=occurred_at,
        )
        if self.campaigns.in_force and (spend or orders):
            self.campaigns.count(customer_id, occurred_at, spend=spend, times=orders, of_friends=False)
        if all(risen_id != customer_id for risen_id, _ in self.rises):
            move = self.book.lift_tier(customer_id, evaluation_id=evaluation_id, occurred_at=occurred_at)
            if move is not None:
                self.rises.append((customer_id, move))

    def _step_up(self, occasion: Occasion, customer_id: int) -> None:
        above = self.book.tier_above(customer_id)
        if above is not None and all(risen_id != customer_id for risen_id, _ in self.rises):
            move = self.book.move_tier(
                customer_id,
                to_tier=above,
                reason=TIER_STEP,
                evaluation_id=occasion.evaluation_id,
                occurred_at=occasion.occurred_at,
            )
            self.rises.append((customer_id, move))

    def risen(self) -> list[Rise]:
        """Who rose since this was last asked, and from where to where."""
        risen, self.rises = self.rises, []
        return risen

    def write(self, merchant_id: int) -> None:
        """Write grants and badges."""
        write_grants(merchant_id=merchant_id, grants=self.grants, zone=self.book.terms.zone, now=self.now)
        write_badges(merchant_id=merchant_id, awards=self.badges, now=self.now)
