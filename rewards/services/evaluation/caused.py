"""What a purchase caused, as it was decided, and how far it has been undone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from referrals.models.activities import Activity
from referrals.models.payments import Payment, Settlement
from referrals.models.purchases import PaymentStatus, Purchase
from referrals.services.steps import OpenReferral
from rewards.engine.decision import Award, FromCampaign
from rewards.engine.definition import REVOKE
from rewards.engine.milestones import PURCHASES, UNITS_PREFIX
from rewards.engine.returns import Returned, Sale, Settled
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.selectors.sales import sale_of, settled_refunds
from rewards.services.evaluation.causes import cause_key


@dataclass(frozen=True, slots=True)
class Given:
    """An award that was given.

    `trigger` is that of its evaluation, `minimum` what had to be paid for it (of a referral that qualified; minor
    units), `period` that of its limit. `is_untold` says that it was decided while the referral was held, and that no
    review has given it since; `review_id` is the work order of the review that has.
    """

    award: Award
    evaluation_id: int
    trigger: str
    minimum: int
    period: str
    is_untold: bool = False
    review_id: int | None = None

    @property
    def giver_id(self) -> int:
        """The evaluation that gave it: the review for which it had waited, or else its own."""
        return self.review_id or self.evaluation_id


@dataclass(frozen=True, slots=True)
class Undone:
    """How far a purchase is undone: by refunds in part or wholly, or because it was never paid."""

    sale: Sale
    returned: Returned
    is_void: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of the purchase."""
        return self.is_void or self.sale.is_whole(self.returned)

    def disqualifies(self, minimum: int) -> bool:
        """Whether too little is left for a referral that qualified with at least `minimum` minor units."""
        return self.is_void or not self.sale.qualifies(self.returned, minimum=minimum)

    def takes_all(self, given: Given) -> bool:
        """Whether an award is gone for good, as its policy said when it gave it."""
        if given.award.on_refund != REVOKE and not self.is_void:
            return False
        if given.trigger == Trigger.REFERRAL_QUALIFIED:
            return self.disqualifies(given.minimum)
        return self.is_whole

    def points_gone(self, given: Given) -> int:
        """How many points of an award are gone: all, or those of the lines that were paid back."""
        award = given.award
        if self.takes_all(given):
            return award.points
        is_shared = given.trigger == Trigger.PURCHASE_COMPLETED and award.milestone is None
        if not is_shared or award.on_refund != REVOKE:
            return 0
        return self.sale.points_gone(self.returned, points=award.points, shares=award.shares)

    def campaign_points_gone(self, given: Given, part: FromCampaign) -> int:
        """How many of the points that a campaign gave to an award are gone."""
        return part.points * self.points_gone(given) // given.award.points if given.award.points else 0

    def uncounted(self, measure: str) -> int:
        """How much of what the purchase added to a measure counts no longer."""
        if measure == PURCHASES:
            return int(self.is_whole)
        category = measure.removeprefix(UNITS_PREFIX)
        return sum(
            line.quantity if self.is_void else quantity
            for line, quantity in zip(self.sale.lines, self.returned.quantities, strict=True)
            if line.category == category
        )


def caused_by(original: Evaluation) -> list[Evaluation]:
    """The evaluation of a purchase, that of its payment, and what followed from them."""
    payments = Payment.objects.filter(purchase=original.subject_id).values("pk")
    payment = Q(trigger=Trigger.PAYMENT_SETTLED, subject_id__in=payments, state=EvaluationState.DONE)
    return _family([original, *Evaluation.objects.filter(payment, cause=None)])


def _family(level: list[Evaluation]) -> list[Evaluation]:
    """Evaluations with their consequences, and the consequences of those; each after its cause."""
    family = level
    while level:
        level = list(Evaluation.objects.filter(cause__in=level).order_by("id"))
        family = [*family, *level]
    return family


def caused_by_friend(referral: OpenReferral) -> list[Evaluation]:
    """All that was decided about a friend and may have given something for the referral, locked in the order of ids.

    The locks put refunds and payments of the friend's purchases before or after whoever asks.
    """
    purchases = Purchase.objects.filter(customer=referral.referee_id)
    payments = Payment.objects.filter(purchase__in=purchases)
    activities = Activity.objects.filter(customer=referral.referee_id)
    roots = (
        Q(trigger=Trigger.PURCHASE_COMPLETED, subject_id__in=purchases.values("pk"))
        | Q(trigger=Trigger.PAYMENT_SETTLED, subject_id__in=payments.values("pk"))
        | Q(trigger=Trigger.ACTIVITY_RECORDED, subject_id__in=activities.values("pk"))
        | Q(trigger=Trigger.REFERRAL_JOINED, subject_id=referral.id)
    )
    done = Evaluation.objects.select_for_update(no_key=True).filter(roots, cause=None, state=EvaluationState.DONE)
    return _family(list(done.order_by("id")))


def awards_of(decided: Sequence[Evaluation]) -> Iterator[Given]:
    """The awards of these evaluations."""
    friends = {evaluation.customer_id for evaluation in decided if any("held" in kept for kept in _kept(evaluation))}
    reviews = _given_by_reviews(friends) if friends else {}
    for evaluation in decided:
        minimum = (evaluation.decision or {}).get("inputs", {}).get("minimum", 0)
        for kept in _kept(evaluation):
            award = Award.from_json(kept)
            review_id = reviews.get(cause_key(evaluation.pk, award))
            is_untold = "held" in kept and review_id is None
            yield Given(award, evaluation.pk, evaluation.trigger, minimum, kept.get("period", ""), is_untold, review_id)


def _kept(evaluation: Evaluation) -> Sequence[dict[str, Any]]:
    kept: Sequence[dict[str, Any]] = (evaluation.decision or {}).get("awards", ())
    return kept


def _given_by_reviews(friends: Collection[int]) -> dict[str, int]:
    """The names of what had waited, each with the review of these friends' referrals that has given it."""
    reviews = Evaluation.objects.filter(
        customer__in=friends, trigger=Trigger.REFERRAL_REVIEWED, state=EvaluationState.DONE
    )
    return {key: review.pk for review in reviews for key in (review.decision or {}).get("given", ())}


def undone_so_far(purchase: Purchase, decided: Sequence[Evaluation]) -> Undone:
    """How far a purchase is undone by what has been evaluated; call it with its evaluation locked."""
    sale = sale_of(purchase)
    is_void = purchase.payments.filter(status=Settlement.VOIDED).exists() and _is_settled(decided)
    return Undone(sale, sale.returned(settled_refunds(purchase, only_evaluated=True)), is_void)


def with_refund(undone: Undone, refund: Settled) -> Undone:
    """How far it is undone with one refund more."""
    before, more = undone.returned, undone.sale.returned([refund])
    return replace(
        undone,
        returned=Returned(
            before.amount + more.amount,
            tuple(map(sum, zip(before.amounts, more.amounts, strict=True))),
            tuple(map(sum, zip(before.quantities, more.quantities, strict=True))),
            before.refunds + 1,
        ),
    )


def is_claimed(purchase: Purchase, decided: Sequence[Evaluation]) -> bool:
    """Whether a purchase counts for tiers: it does once it is paid."""
    if purchase.payment_status == PaymentStatus.PAID:
        return True
    return purchase.payments.filter(status=Settlement.PAID).exists() and _is_settled(decided)


def _is_settled(decided: Sequence[Evaluation]) -> bool:
    return any(evaluation.trigger == Trigger.PAYMENT_SETTLED for evaluation in decided)
