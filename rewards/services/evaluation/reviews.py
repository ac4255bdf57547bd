"""A decision about a referral, worked out: what was given for it is released, taken away, or given back.

What happens is what the referral's standing asks for now, so it does not matter how many decisions there were.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credits.selectors.terms import default_wallet_terms
from credits.services.book import Book
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.releasing import release_waiting
from credits.services.reversals import EarnedLot, earned_lots
from credits.services.withholding import give_back, is_whole, withhold
from referrals.models.customers import Customer
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.referrals import ReferralStatus
from referrals.models.risk import RiskDecision
from referrals.services.attribution import lock_referrals
from referrals.services.steps import OpenReferral, reward_referral, write_referrals
from rewards.engine.triggers import REFERRER
from rewards.models.evaluations import Evaluation, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.services.evaluation.campaigns import PartBack, beyond_budgets, return_to_campaigns
from rewards.services.evaluation.caused import Given, Undone, awards_of, caused_by_friend, is_claimed, undone_so_far
from rewards.services.evaluation.causes import (
    AWAITS_EMAIL,
    AWAITS_PAYMENT,
    AWAITS_REVIEW,
    cause_key,
    is_for_referral,
)
from rewards.services.evaluation.late_gifts import LateGifts, follow_release, occasion_of
from rewards.services.evaluation.limits import LimitUses, load_limit_uses
from rewards.services.evaluation.revoking import revoke_badges
from rewards.services.evaluation.writing import write_decisions

REJECTED = "referral.rejected"
RELEASED = "referral.released"


def settle_review(decision: RiskDecision, *, evaluation: Evaluation, now: datetime) -> None:
    """Bring what was given for a referral in line with how the referral stands.

    :param evaluation: the work order, locked.
    """
    referee_id = evaluation.customer_id
    referral = lock_referrals(
        merchant_id=decision.merchant_id, referee_ids=[referee_id], settled_too=True, referrers_too=True
    )[referee_id]
    decided = caused_by_friend(referral)
    given = {
        cause_key(each.evaluation_id, each.award): each
        for each in awards_of(decided)
        if is_for_referral(each.trigger, each.award)
    }
    terms = default_wallet_terms(merchant=decision.merchant)
    people = {referee_id, referral.referrer_id, *(each.award.customer_id for each in given.values())}
    book = open_book(terms=terms, customer_ids=people, now=now)
    uses = {(each.award.policy_id, each.award.customer_id, each.period) for each in given.values() if each.period}
    review = _Review(
        decision=decision,
        evaluation=evaluation,
        referral=referral,
        given=given,
        lots=earned_lots(merchant_id=decision.merchant_id, keys=given),
        sales=_sales(decided),
        is_verified=Customer.objects.filter(pk=referee_id, email_verified_at__isnull=False).exists(),
        book=book,
        limits=load_limit_uses(uses),
    )
    if referral.status == ReferralStatus.REJECTED:
        review.take_away()
    elif not referral.is_held:
        review.let_go()
    review.write()
    follow_release(referral, rises=review.late.rises, evaluation=evaluation, merchant=decision.merchant, now=now)


@dataclass(frozen=True, slots=True)
class _Bought:
    """A purchase of the friend's: how far it is undone, and whether it is paid."""

    undone: Undone
    is_paid: bool


def _sales(decided: Sequence[Evaluation]) -> dict[int, _Bought]:
    """What was bought, by the evaluations that it caused."""
    purchases = {each.pk: each.subject_id for each in decided if each.trigger == Trigger.PURCHASE_COMPLETED}
    settled = {each.subject_id: each.pk for each in decided if each.trigger == Trigger.PAYMENT_SETTLED}
    paid = Payment.objects.filter(pk__in=settled).values_list("pk", "purchase_id") if settled else ()
    purchases |= {settled[payment_id]: purchase_id for payment_id, purchase_id in paid}
    of_purchase: dict[int, list[Evaluation]] = {}
    roots: dict[int, int] = {}
    for evaluation in decided:
        roots[evaluation.pk] = roots.get(evaluation.cause_id or 0, evaluation.pk)
        purchase_id = purchases.get(roots[evaluation.pk])
        if purchase_id is not None:
            of_purchase.setdefault(purchase_id, []).append(evaluation)
    bought: dict[int, _Bought] = {}
    for purchase in Purchase.objects.filter(pk__in=of_purchase):
        caused = of_purchase[purchase.pk]
        standing = _Bought(undone_so_far(purchase, caused), is_claimed(purchase, caused))
        bought |= {evaluation.pk: standing for evaluation in caused}
    return bought


@dataclass(slots=True)
class _Review:
    """One referral being settled: the awards that were given for it, and the locked accounts of those who have them."""

    decision: RiskDecision
    evaluation: Evaluation
    referral: OpenReferral
    given: dict[str, Given]
    lots: dict[str, EarnedLot]
    sales: dict[int, _Bought]
    is_verified: bool
    book: Book
    limits: LimitUses
    taken_back: list[dict[str, Any]] = field(default_factory=list)
    released: dict[int, int] = field(default_factory=dict)
    claims: Counter[int] = field(default_factory=Counter)
    back_to_campaigns: list[PartBack] = field(default_factory=list)
    late: LateGifts = field(init=False)

    def __post_init__(self) -> None:
        self.late = LateGifts(self.book, self.evaluation)

    def take_away(self) -> None:
        """Take back all of which nothing was used; what was spent, or is promised to a hold, stays with its owner."""
        for key, lot in self.lots.items():
            given = self.given[key]
            left = self._left(given)
            if not left or not is_whole(book=self.book, lot=lot, points=left):
                continue
            if lot.waiting_for not in {AWAITS_REVIEW, AWAITS_PAYMENT}:
                self._claim(given, -left)
            cause = self._cause(key, lot, REJECTED)
            withhold(
                book=self.book,
                customer_id=given.award.customer_id,
                lot=lot,
                points=left,
                waiting_for=AWAITS_REVIEW,
                cause=cause,
            )
            self._note(given, lot, left)
            self.back_to_campaigns += self._parts(given)
        self._move_grants(from_state=GrantState.ISSUED, to_state=GrantState.WAITING)
        revoke_badges(book=self.book, given=self.given.values(), now=self.book.now)

    def let_go(self) -> None:
        """Give back what was taken away, and let it and what only waited be spent, unless something else is missing.

        What went back to the budgets of campaigns is taken out of them again; what does not fit any more stays away.
        """
        self._move_grants(from_state=GrantState.WAITING, to_state=GrantState.ISSUED)
        self.late.give({key: given for key, given in self.given.items() if not self._is_gone(given)})
        waiting = {key: lot for key, lot in self.lots.items() if lot.waiting_for == AWAITS_REVIEW}
        away = [key for key, lot in waiting.items() if self._left(self.given[key]) and not lot.remaining]
        then = dict.fromkeys(beyond_budgets({key: self._parts(self.given[key]) for key in away}), AWAITS_REVIEW)
        for key, lot in waiting.items():
            given = self.given[key]
            left = self._left(given)
            if key in then:
                continue
            if key in away:
                give_back(
                    book=self.book,
                    customer_id=given.award.customer_id,
                    lot=lot,
                    points=left,
                    reason=RELEASED,
                    key=f"risk_decision:{self.decision.pk}:{lot.entry_id}",
                )
                self._note(given, lot, -left)
                self.back_to_campaigns += [
                    (campaign_id, customer_id, round_, -points)
                    for campaign_id, customer_id, round_, points in self._parts(given)
                ]
            if another := self._waits_besides(given):
                then[key] = another
            if another != AWAITS_PAYMENT:
                self._claim(given, left)
        days = {key: given.award.terms.pending_days for key, given in self.given.items()}
        self.released = release_waiting(book=self.book, keys=self.lots, waiting_for=AWAITS_REVIEW, days=days, then=then)
        if any(given.award.beneficiary == REFERRER for given in self.given.values()):
            reward_referral(self.referral, now=self.book.now)

    def write(self) -> None:
        """Write what was settled, and close the work order."""
        cause, moment = self.evaluation.pk, self.evaluation.occurred_at
        for customer_id, points in self.claims.items():
            self.book.qualify(customer_id, spend=0, orders=0, points=points, evaluation_id=cause, occurred_at=moment)
            self.late.lift(customer_id)
        write_referrals(merchant_id=self.decision.merchant_id, referrals=[self.referral], now=self.book.now)
        self.book.write()
        self.limits.write()
        kept = {
            "taken_back": self.taken_back,
            "released": sorted(self.released.items()),
            **({"given": self.late.given} if self.late.given else {}),
            **({"campaigns": self.back_to_campaigns} if self.back_to_campaigns else {}),
        }
        self.late.write()
        write_decisions(
            merchant_id=self.decision.merchant_id, decided=[(occasion_of(self.evaluation), kept)], now=self.book.now
        )
        return_to_campaigns(self.back_to_campaigns)

    def _parts(self, given: Given) -> list[PartBack]:
        """What refunds have left of an award's points that came out of campaigns."""
        bought, award = self.sales.get(given.evaluation_id), given.award
        parts = [
            (part, part.points - (bought.undone.campaign_points_gone(given, part) if bought else 0))
            for part in award.campaigns
        ]
        return [(part.campaign_id, award.customer_id, part.round, points) for part, points in parts if points]

    def _is_gone(self, given: Given) -> bool:
        bought = self.sales.get(given.evaluation_id)
        return bought is not None and bought.undone.takes_all(given)

    def _left(self, given: Given) -> int:
        """How many points of an award refunds have left."""
        bought = self.sales.get(given.evaluation_id)
        return given.award.points - (bought.undone.points_gone(given) if bought else 0)

    def _waits_besides(self, given: Given) -> str:
        bought = self.sales.get(given.evaluation_id)
        if bought is not None and not bought.is_paid:
            return AWAITS_PAYMENT
        return AWAITS_EMAIL if given.award.terms.pending_until and not self.is_verified else ""

    def _note(self, given: Given, lot: EarnedLot, points: int) -> None:
        award = given.award
        self.taken_back.append(
            {"entry": lot.entry_id, "customer": award.customer_id, "points": points, "taken": points}
        )
        if given.period:
            self.limits.use((award.policy_id, award.customer_id, given.period), -points, times=0)

    def _claim(self, given: Given, points: int) -> None:
        """What counts for a tier counts from when it is certain."""
        if given.award.counts_for_tier:
            self.claims[given.award.customer_id] += points

    def _move_grants(self, *, from_state: GrantState, to_state: GrantState) -> None:
        grants = Grant.objects.select_for_update().filter(
            merchant=self.decision.merchant_id, key__in=list(self.given), state=from_state
        )
        for grant in grants.order_by("id"):
            grant.state = to_state
            grant.save(update_fields=["state"])
            given = self.given[grant.key]
            if to_state == GrantState.ISSUED and given.is_untold:
                self.late.tell(grant.key, given.award)
            elif not given.is_untold:
                told = "grant.confirmed" if to_state == GrantState.ISSUED else "grant.withheld"
                self.book.tell(grant.customer_id, told, {"grant": str(grant.uuid)})

    def _cause(self, key: str, lot: EarnedLot, reason: str) -> Cause:
        award = self.given[key].award
        return Cause(
            f"risk_decision:{self.decision.pk}:{lot.entry_id}",
            "risk_decision",
            self.decision.pk,
            self.evaluation.pk,
            award.version_id,
            reason,
            {"policy": award.policy_id, "as": award.beneficiary},
            self.evaluation.occurred_at,
        )
