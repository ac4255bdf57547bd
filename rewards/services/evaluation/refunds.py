"""Undoing a purchase, wholly or in part: what was decided for it is taken back, never what policies would say today."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from credits.models.tiers import TierMove
from credits.selectors.terms import default_wallet_terms
from credits.services.book import Book
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.reversals import earned_lots, take_back
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from referrals.services.attribution import check_referrers, lock_referrals
from referrals.services.steps import OpenReferral, reverse_referral, write_referrals
from rewards.engine.kinds.steps import TIER_STEP
from rewards.engine.milestones import PER_FRIEND
from rewards.engine.returns import Part, Settled
from rewards.models.counters import Counter
from rewards.models.evaluations import Evaluation, Trigger
from rewards.services.evaluation.campaigns import PartBack, return_to_campaigns
from rewards.services.evaluation.caused import (
    Given,
    Undone,
    awards_of,
    caused_by,
    is_claimed,
    undone_so_far,
    with_refund,
)
from rewards.services.evaluation.causes import AWAITS_REVIEW, cause_key
from rewards.services.evaluation.counters import load_counters
from rewards.services.evaluation.limits import LimitUses, load_limit_uses
from rewards.services.evaluation.revoking import revoke_badges, revoke_grants
from rewards.services.evaluation.writing import Occasion, write_decisions
from rewards.services.sessions.returning import undo_session

PAYMENT_VOIDED = "payment.voided"


def undo_purchase(fact: Refund | Payment, *, evaluation: Evaluation, original: Evaluation, now: datetime) -> None:
    """Undo what a refund paid back, or all of a purchase that was never paid.

    :param evaluation: the work order, locked.
    :param original: the evaluation of the purchase, locked and done.
    """
    purchase = Purchase.objects.get(pk=original.subject_id)
    decided = caused_by(original)
    before = undone_so_far(purchase, decided)
    if isinstance(fact, Refund):
        settled = Settled(fact.amount or 0, msgspec.convert(fact.lines, tuple[Part, ...]))
        after = with_refund(before, settled)
    else:
        after = replace(before, is_void=True)
    undoing = _open(fact, purchase, decided, evaluation, before, after, now)
    undoing.take_back_points()
    undoing.take_back_claims()
    undoing.take_back_counts()
    undoing.take_back_tiers()
    undoing.write()


@dataclass(slots=True)
class _Undoing:
    """One refund being worked out: the decisions of its purchase, and the locked accounts of all it touched.

    What it takes is the difference between how far the purchase is undone `before` and `after` it.
    """

    fact: Refund | Payment
    purchase: Purchase
    evaluation: Evaluation
    decided: Sequence[Evaluation]
    given: Sequence[Given]
    before: Undone
    after: Undone
    referral: OpenReferral | None
    book: Book
    limits: LimitUses
    now: datetime
    claims: dict[int, int] = field(default_factory=dict)
    taken_back: list[dict[str, Any]] = field(default_factory=list)
    back_to_campaigns: list[PartBack] = field(default_factory=list)

    def take_back_points(self) -> None:
        """Take back the points of each award that go now, and their use of a limit.

        While a referral is rejected, all that was given for it is gone already.
        """
        points = {
            cause_key(given.evaluation_id, given.award): (given, gone)
            for given in self.given
            if (gone := self.after.points_gone(given) - self.before.points_gone(given))
        }
        lots = earned_lots(merchant_id=self.fact.merchant_id, keys=points)
        for key, (given, gone) in points.items():
            award, lot = given.award, lots[key]
            if lot.waiting_for == AWAITS_REVIEW and not lot.remaining:
                continue
            self._give_back_to_campaigns(given)
            cause = self._cause(f"{self.evaluation.subject_type}:{self.fact.pk}:{lot.entry_id}", given)
            taken = take_back(
                book=self.book,
                customer_id=award.customer_id,
                points=gone,
                lot=lot,
                cause=cause,
            )
            self.taken_back.append(
                {"entry": lot.entry_id, "customer": award.customer_id, "points": gone, "taken": taken}
            )
            if award.counts_for_tier and lot.waiting_for != AWAITS_REVIEW:
                self.claims[award.customer_id] = self.claims.get(award.customer_id, 0) + gone
            if given.period:
                self.limits.use((award.policy_id, award.customer_id, given.period), -gone, times=0)
        for given in self.given:
            if given.period and self._goes(given):
                self.limits.use((given.award.policy_id, given.award.customer_id, given.period), 0, times=-1)

    def take_back_claims(self) -> None:
        """Take back what the purchase added to claims to a tier, dated like the purchase."""
        if not is_claimed(self.purchase, self.decided):
            return
        buyer = self.purchase.customer_id
        for customer_id in {buyer, *self.claims}:
            is_buyer = customer_id == buyer
            self.book.qualify(
                customer_id,
                spend=self.before.returned.amount - self.after.returned.amount if is_buyer else 0,
                orders=self.before.is_whole - self.after.is_whole if is_buyer else 0,
                points=-self.claims.get(customer_id, 0),
                evaluation_id=self.evaluation.pk,
                occurred_at=self.purchase.occurred_at,
            )

    def take_back_counts(self) -> None:
        """Count what was given back no longer, for the buyer and for whoever referred them."""
        owners = [self.purchase.customer_id]
        was_void = (self.decided[0].decision or {}).get("inputs", {}).get("void", False)
        if self.referral is not None and not was_void:
            owners.append(self.referral.referrer_id)
        counted = Counter.objects.filter(customer_id__in=owners).values_list("customer_id", "scope", "measure")
        counters = load_counters(counted)
        for customer_id, scope, measure in counted:
            if (scope == PER_FRIEND) == (customer_id == self.purchase.customer_id):
                gone = self.after.uncounted(measure) - self.before.uncounted(measure)
                counters.advance(customer_id, scope, measure, -gone)
        counters.write()

    def take_back_tiers(self) -> None:
        """Undo a rise that this very purchase brought, if what remains does not justify it.

        A tier that was reached otherwise stays until its review, and one that is locked until its lock ends.
        """
        steps = {each.giver_id for each in self.given if each.award.kind == TIER_STEP}
        kept = {each.giver_id for each in self.given if not self.after.takes_all(each)} & steps
        ids = ({evaluation.pk for evaluation in self.decided} | steps) - kept
        for customer_id, account in self.book.accounts.items():
            current, justified = self.book.tier_of(account.tier_id), self.book.tier_reached(customer_id)
            if current is None or justified is None or justified.rank >= current.rank:
                continue
            if self.book.is_locked(customer_id):
                continue
            last = TierMove.objects.filter(account=account.id).order_by("-effective_at", "-id").first()
            if last is not None and last.evaluation_id in ids:
                before = self.book.tier_of(last.from_tier_id) if last.evaluation_id in steps else None
                self.book.move_tier(
                    customer_id,
                    to_tier=before if before is not None and before.rank > justified.rank else justified,
                    reason="refunded",
                    evaluation_id=self.evaluation.pk,
                    occurred_at=self.now,
                )

    def write(self) -> None:
        """Write what was undone, and close the work order."""
        merchant_id = self.fact.merchant_id
        if self.referral is not None and self._disqualifies():
            reverse_referral(self.referral, now=self.now)
            write_referrals(merchant_id=merchant_id, referrals=[self.referral], now=self.now)
        gone = [given for given in self.given if self._goes(given)]
        revoke_grants(book=self.book, given=gone, now=self.now)
        revoke_badges(book=self.book, given=gone, now=self.now)
        undo_session(
            book=self.book,
            purchase=self.purchase,
            before=self.before,
            after=self.after,
            cause_key=f"{self.evaluation.subject_type}:{self.fact.pk}",
            now=self.now,
        )
        self.book.write()
        self.limits.write()
        occasion = Occasion(
            self.evaluation.pk,
            self.evaluation.trigger,
            self.evaluation.subject_type,
            self.fact.pk,
            self.purchase.customer_id,
            self.evaluation.occurred_at,
        )
        decision = {
            "return_policy": self.book.terms.return_policy,
            "whole": self.after.is_whole,
            "taken_back": self.taken_back,
            **({"campaigns": self.back_to_campaigns} if self.back_to_campaigns else {}),
        }
        write_decisions(merchant_id=merchant_id, decided=[(occasion, decision)], now=self.now)
        return_to_campaigns(self.back_to_campaigns)

    def _goes(self, given: Given) -> bool:
        """Whether an award goes for good with this very refund."""
        return self.after.takes_all(given) and not self.before.takes_all(given)

    def _disqualifies(self) -> bool:
        """Whether the purchase qualified the referral, and with this very refund does so no longer."""
        minimums = [
            (evaluation.decision or {})["inputs"].get("minimum", 0)
            for evaluation in self.decided
            if evaluation.trigger == Trigger.REFERRAL_QUALIFIED
        ]
        return any(self.after.disqualifies(least) and not self.before.disqualifies(least) for least in minimums)

    def _give_back_to_campaigns(self, given: Given) -> None:
        """Note what of an award goes back into its campaigns: campaign, customer, round, points."""
        for part in given.award.campaigns:
            gone = self.after.campaign_points_gone(given, part) - self.before.campaign_points_gone(given, part)
            if gone:
                self.back_to_campaigns.append((part.campaign_id, given.award.customer_id, part.round, gone))

    def _cause(self, key: str, given: Given) -> Cause:
        return Cause(
            key,
            self.evaluation.subject_type,
            self.fact.pk,
            self.evaluation.pk,
            given.award.version_id,
            PAYMENT_VOIDED if self.after.is_void else Trigger.PURCHASE_REFUNDED,
            {"policy": given.award.policy_id, "as": given.award.beneficiary},
            self.evaluation.occurred_at,
        )


def _open(
    fact: Refund | Payment,
    purchase: Purchase,
    decided: Sequence[Evaluation],
    evaluation: Evaluation,
    before: Undone,
    after: Undone,
    now: datetime,
) -> _Undoing:
    """Lock the referral and then the accounts, and read what was given."""
    referral = lock_referrals(merchant_id=fact.merchant_id, referee_ids=[purchase.customer_id], settled_too=True).get(
        purchase.customer_id
    )
    given = list(awards_of(decided))
    people = {purchase.customer_id, *(given_.award.customer_id for given_ in given)}
    if referral is not None:
        people.add(referral.referrer_id)
    book = open_book(terms=default_wallet_terms(merchant=fact.merchant), customer_ids=people, now=now)
    check_referrers([referral] if referral else [])
    uses = {(it.award.policy_id, it.award.customer_id, it.period) for it in given if it.period}
    return _Undoing(
        fact=fact,
        purchase=purchase,
        evaluation=evaluation,
        decided=decided,
        given=given,
        before=before,
        after=after,
        referral=referral,
        book=book,
        limits=load_limit_uses(uses),
        now=now,
    )
