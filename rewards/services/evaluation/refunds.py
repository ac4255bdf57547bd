"""Undoing a purchase: exactly what was decided for it is taken back, never what today's policies would say."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Sum

from credits.models.qualifying import QualifyingAmount
from credits.models.tiers import TierMove
from credits.selectors import default_wallet_terms
from credits.services.book import Book
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.reversals import earned_lots, take_back
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from referrals.services.attribution import OpenReferral, lock_referrals, reverse_referral, write_referrals
from rewards.engine.decision import Award
from rewards.engine.definition import REVOKE
from rewards.engine.facts import Line, PurchaseFacts
from rewards.engine.milestones import PER_FRIEND
from rewards.models.counters import Counter
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.services.evaluation import queue
from rewards.services.evaluation.batch import cause_key, measured
from rewards.services.evaluation.counters import load_counters
from rewards.services.evaluation.interruptions import is_interruption
from rewards.services.evaluation.limits import LimitUses, load_limit_uses
from rewards.services.evaluation.writing import Occasion, write_decisions

logger = logging.getLogger(__name__)

WAIT_FOR_PURCHASE = timedelta(seconds=1)


class PurchaseFailed(Exception):
    """The refunded purchase could not be evaluated, so there is nothing yet that could be undone."""


def evaluate_refund(*, merchant_id: int, shard: int, now: datetime) -> int:
    """Undo one refunded purchase of a merchant; a failure is set aside like that of a purchase.

    :returns: how many refunds were claimed, 0 or 1.
    :raises OperationalError: if the database was away or interrupted it; everything is as before.
    """
    claimed: Evaluation | None = None
    try:
        with transaction.atomic():
            claimed = queue.claim_refund(merchant_id=merchant_id, shard=shard, now=now)
            if claimed is not None:
                _evaluate(claimed, now)
    except Exception as error:
        if is_interruption(error) or claimed is None:
            raise
        logger.exception("Refund %s failed and is set aside.", claimed.pk)
        with transaction.atomic():
            queue.set_aside(evaluation_id=claimed.pk, error=error, now=now)
    return int(claimed is not None)


def _evaluate(evaluation: Evaluation, now: datetime) -> None:
    refund = Refund.objects.select_related("purchase", "merchant").get(pk=evaluation.subject_id)
    original = Evaluation.objects.select_for_update().get(
        subject_id=refund.purchase_id, trigger=Trigger.PURCHASE_COMPLETED, cause=None
    )
    if original.state == EvaluationState.PENDING:
        queue.postpone(evaluation_id=evaluation.pk, until=now + WAIT_FOR_PURCHASE)
        return
    if original.state == EvaluationState.FAILED:
        raise PurchaseFailed(f"Purchase {refund.purchase_id} is set aside; run it again first.")
    decided = [original, *Evaluation.objects.filter(cause=original).order_by("id")]
    undoing = _open(refund, decided, evaluation, now)
    undoing.take_back_points()
    undoing.take_back_claims()
    undoing.take_back_counts()
    undoing.take_back_tiers()
    undoing.write()


@dataclass(frozen=True, slots=True)
class _Given:
    """An award that was given, by which evaluation, and in which period of its limit it counted."""

    award: Award
    evaluation_id: int
    period: str


@dataclass(slots=True)
class _Undoing:
    """One refund being worked out: the decisions of its purchase, and the locked accounts of all it touched."""

    refund: Refund
    purchase: Purchase
    evaluation: Evaluation
    decided: Sequence[Evaluation]
    given: Sequence[_Given]
    referral: OpenReferral | None
    book: Book
    limits: LimitUses
    now: datetime
    taken_back: list[list[int]] = field(default_factory=list)

    @property
    def revoked(self) -> list[_Given]:
        """The awards that a refund takes back, as their policies said when they gave them."""
        return [given for given in self.given if given.award.on_refund == REVOKE]

    def take_back_points(self) -> None:
        """Take back the points of each award, and their use of a limit."""
        points = [given for given in self.revoked if given.award.kind == "points"]
        keys = {cause_key(given.evaluation_id, given.award): given for given in points}
        lots = earned_lots(merchant_id=self.refund.merchant_id, keys=keys)
        for key, given in keys.items():
            award, lot = given.award, lots[key]
            taken = take_back(
                book=self.book,
                customer_id=award.customer_id,
                points=award.points,
                lot=lot,
                cause=self._cause(f"refund:{self.refund.pk}:{lot.entry_id}", award),
            )
            self.taken_back.append([award.customer_id, taken])
        for given in self.revoked:
            if given.period:
                use = (given.award.policy_id, given.award.customer_id, given.period)
                self.limits.use(use, -given.award.points, times=-1)

    def take_back_claims(self) -> None:
        """Take back what the purchase added to claims to a tier, dated like the purchase."""
        customers = {account.id: customer_id for customer_id, account in self.book.accounts.items()}
        kept: dict[int, int] = {}
        for award in (given.award for given in self.given):
            if award.on_refund != REVOKE and award.counts_for_tier:
                kept[award.customer_id] = kept.get(award.customer_id, 0) + award.points
        claims = QualifyingAmount.objects.filter(evaluation_id__in=[evaluation.pk for evaluation in self.decided])
        sums = claims.values("account").annotate(spend=Sum("spend"), orders=Sum("orders"), points=Sum("points"))
        for account_id, spend, orders, points in sums.values_list("account", "spend", "orders", "points"):
            customer_id = customers[account_id]
            self.book.qualify(
                customer_id,
                spend=-spend,
                orders=-orders,
                points=-max(0, points - kept.get(customer_id, 0)),
                evaluation_id=self.evaluation.pk,
                occurred_at=self.purchase.occurred_at,
            )

    def take_back_counts(self) -> None:
        """Count the purchase no longer, for the buyer and for whoever referred them."""
        owners = [self.purchase.customer_id]
        if self.referral is not None:
            owners.append(self.referral.referrer_id)
        counted = Counter.objects.filter(customer_id__in=owners).values_list("customer_id", "scope", "measure")
        counters = load_counters(counted)
        lines = msgspec.convert(self.purchase.lines, tuple[Line, ...])
        bought = PurchaseFacts(self.purchase.total, self.refund.merchant.currency, 0, lines)
        for customer_id, scope, measure in counted:
            if (scope == PER_FRIEND) == (customer_id == self.purchase.customer_id):
                counters.advance(customer_id, scope, measure, -measured(bought, measure))
        counters.write()

    def take_back_tiers(self) -> None:
        """Undo a rise that this very purchase brought, if what remains does not justify it.

        A tier that was reached otherwise stays until its review.
        """
        ids = {evaluation.pk for evaluation in self.decided}
        for customer_id, account in self.book.accounts.items():
            current, justified = self.book.tier_of(account.tier_id), self.book.tier_reached(customer_id)
            if current is None or justified is None or justified.rank >= current.rank:
                continue
            last = TierMove.objects.filter(account=account.id).order_by("-effective_at", "-id").first()
            if last is not None and last.evaluation_id in ids:
                self.book.move_tier(
                    customer_id,
                    to_tier=justified,
                    reason="refunded",
                    evaluation_id=self.evaluation.pk,
                    occurred_at=self.now,
                )

    def write(self) -> None:
        """Write what was undone, and close the work order."""
        merchant_id = self.refund.merchant_id
        if self.referral is not None and any(e.trigger == Trigger.REFERRAL_QUALIFIED for e in self.decided):
            reverse_referral(self.referral, now=self.now)
            write_referrals(merchant_id=merchant_id, referrals=[self.referral], now=self.now)
        self._revoke_grants()
        self.book.write()
        self.limits.write()
        occasion = Occasion(
            self.evaluation.pk,
            self.evaluation.trigger,
            "refund",
            self.refund.pk,
            self.purchase.customer_id,
            self.evaluation.occurred_at,
        )
        write_decisions(merchant_id=merchant_id, decided=[(occasion, {"taken_back": self.taken_back})], now=self.now)

    def _revoke_grants(self) -> None:
        grants = {
            cause_key(given.evaluation_id, given.award): given.award
            for given in self.revoked
            if given.award.kind == "grant"
        }
        issued = Grant.objects.filter(
            merchant=self.refund.merchant_id, key__in=list(grants), state=GrantState.ISSUED
        ).select_for_update()
        for key in list(issued.order_by("id").values_list("key", flat=True)):
            self.book.tell(grants[key].customer_id, "grant.revoked", {"option": grants[key].option})
        issued.update(state=GrantState.REVOKED, revoked_at=self.now)

    def _cause(self, key: str, award: Award) -> Cause:
        return Cause(
            key,
            "refund",
            self.refund.pk,
            self.evaluation.pk,
            award.version_id,
            Trigger.PURCHASE_REFUNDED,
            {"policy": award.policy_id, "as": award.beneficiary},
            self.evaluation.occurred_at,
        )


def _open(refund: Refund, decided: Sequence[Evaluation], evaluation: Evaluation, now: datetime) -> _Undoing:
    """Lock the referral and then the accounts, and read what was given."""
    merchant: Merchant = refund.merchant
    purchase = refund.purchase
    referral = lock_referrals(merchant_id=merchant.pk, referee_ids=[purchase.customer_id], settled_too=True).get(
        purchase.customer_id
    )
    given = [
        _Given(Award.from_json(kept), by.pk, kept.get("period", ""))
        for by in decided
        for kept in (by.decision or {}).get("awards", ())
    ]
    people = {purchase.customer_id, *(given_.award.customer_id for given_ in given)}
    if referral is not None:
        people.add(referral.referrer_id)
    book = open_book(terms=default_wallet_terms(merchant=merchant), customer_ids=people, now=now)
    uses = {(it.award.policy_id, it.award.customer_id, it.period) for it in given if it.period}
    return _Undoing(
        refund=refund,
        purchase=purchase,
        evaluation=evaluation,
        decided=decided,
        given=given,
        referral=referral,
        book=book,
        limits=load_limit_uses(uses),
        now=now,
    )
