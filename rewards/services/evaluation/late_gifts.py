"""What cannot be there and wait is given when a held referral is released.

That are badges, steps up the tiers, events, and what campaigns give for friends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from credits.services.book import Book
from referrals.models.merchants import Merchant
from referrals.models.referrals import ReferralStatus
from referrals.services.steps import OpenReferral
from rewards.engine.decision import Award
from rewards.engine.kinds.steps import BADGE, EVENT, TIER_STEP
from rewards.models.evaluations import Evaluation
from rewards.selectors.badges import badges_held
from rewards.services.evaluation.caused import Given
from rewards.services.evaluation.giving import WITHOUT_A_ROW_THAT_WAITS, Rise, tell_of
from rewards.services.evaluation.opening import open_batch
from rewards.services.evaluation.queue import WorkOrder
from rewards.services.evaluation.writing import NewBadge, Occasion, write_badges


def occasion_of(evaluation: Evaluation) -> Occasion:
    """A work order as what is decided about."""
    return Occasion(
        evaluation.pk,
        evaluation.trigger,
        evaluation.subject_type,
        evaluation.subject_id,
        evaluation.customer_id,
        evaluation.occurred_at,
    )


def follow_release(
    referral: OpenReferral, *, rises: Sequence[Rise], evaluation: Evaluation, merchant: Merchant, now: datetime
) -> None:
    """Decide what follows from a release: somebody rose by it; the referrer may have reached the goal of a campaign.

    Whoever reached it before has been given everything; so it does not matter how often this is asked.

    :param evaluation: the review's work order, locked like referral and accounts.
    """
    counts = referral.status in {ReferralStatus.QUALIFIED, ReferralStatus.REWARDED} and not referral.is_held
    if not (rises or counts):
        return
    qualified_at = referral.qualified_at or now
    order = WorkOrder(
        evaluation.pk, evaluation.trigger, evaluation.subject_id, referral.referee_id, qualified_at, None, ""
    )
    batch = open_batch(merchant=merchant, orders=[order], now=now, also_at=evaluation.occurred_at, budgets_locked=True)
    batch.follow_release(occasion_of(evaluation), rises=rises, qualified_at=qualified_at if counts else None)
    batch.write()


@dataclass(slots=True)
class LateGifts:
    """What one review gives; `given` are the names of what had waited, and `rises` are who rose by it, and where to."""

    book: Book
    evaluation: Evaluation
    given: list[str] = field(default_factory=list)
    badges: list[NewBadge] = field(default_factory=list)
    rises: list[Rise] = field(default_factory=list)

    def give(self, awards: Mapping[str, Given]) -> None:
        """Give what of these has waited. Badges come back whenever a referral is released, like points."""
        self._give_badges([given for given in awards.values() if given.award.kind == BADGE])
        for key, given in awards.items():
            if not given.is_untold or given.award.kind not in WITHOUT_A_ROW_THAT_WAITS:
                continue
            self.given.append(key)
            if given.award.kind == EVENT:
                tell_of(self.book, given.award)
            elif given.award.kind == TIER_STEP:
                self._step_up(given.award.customer_id)

    def tell(self, key: str, award: Award) -> None:
        """Tell of something that waited as a row, and can be used now."""
        self.given.append(key)
        tell_of(self.book, award)

    def lift(self, customer_id: int) -> None:
        """Lift somebody who reaches a higher tier by what is certain now; an evaluation moves nobody twice."""
        if not self.has_risen(customer_id):
            moment = self.evaluation.occurred_at
            move = self.book.lift_tier(customer_id, evaluation_id=self.evaluation.pk, occurred_at=moment)
            if move is not None:
                self.rises.append((customer_id, move))

    def has_risen(self, customer_id: int) -> bool:
        """Whether somebody rose by this review already."""
        return any(risen_id == customer_id for risen_id, _ in self.rises)

    def write(self) -> None:
        """Write the badges."""
        write_badges(merchant_id=self.book.terms.merchant_id, awards=self.badges, now=self.book.now)

    def _give_badges(self, awarded: list[Given]) -> None:
        held = badges_held({given.award.customer_id for given in awarded})
        has = {(customer_id, code) for customer_id, codes in held.items() for code in codes}
        for given in awarded:
            badge = NewBadge(given.award.customer_id, given.award.option, given.evaluation_id)
            if (badge.customer_id, badge.code) not in has:
                has.add((badge.customer_id, badge.code))
                self.badges.append(badge)
                tell_of(self.book, given.award)

    def _step_up(self, customer_id: int) -> None:
        above = self.book.tier_above(customer_id)
        if above is None or self.has_risen(customer_id) or self.book.is_locked(customer_id):
            return
        move = self.book.move_tier(
            customer_id,
            to_tier=above,
            reason=TIER_STEP,
            evaluation_id=self.evaluation.pk,
            occurred_at=self.evaluation.occurred_at,
        )
        self.rises.append((customer_id, move))
