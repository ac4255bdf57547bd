"""A purchase is paid at last: what waited for that becomes spendable, and counts."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from credits.services.releasing import release_waiting
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.referrals import ReferralStatus
from rewards.engine.facts import Line
from rewards.models.evaluations import Evaluation
from rewards.services.evaluation.batch import Batch
from rewards.services.evaluation.caused import Given, Undone, awards_of, caused_by, undone_so_far
from rewards.services.evaluation.causes import AWAITS_PAYMENT, AWAITS_REVIEW, cause_key, is_for_referral
from rewards.services.evaluation.opening import open_batch
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder
from rewards.services.evaluation.referring import may_qualify


def confirm_payment(payment: Payment, *, evaluation: Evaluation, original: Evaluation, now: datetime) -> None:
    """Release the points of a purchase, make its claims to tiers, and let its referral qualify.

    What was paid back of it meanwhile stays away.

    :param evaluation: the work order, locked.
    :param original: the evaluation of the purchase, locked and done.
    """
    purchase = payment.purchase
    decided = caused_by(original)
    undone = undone_so_far(purchase, decided)
    row = PurchaseRow(
        total=purchase.total,
        lines=msgspec.convert(purchase.lines, tuple[Line, ...]),
        referral_code="",
        is_paid=True,
    )
    order = WorkOrder(
        evaluation.pk, evaluation.trigger, payment.pk, purchase.customer_id, evaluation.occurred_at, None, ""
    )
    batch = open_batch(
        merchant=payment.merchant, orders=[order], now=now, also_at=purchase.occurred_at, budgets_locked=True
    )
    awards = [given for given in awards_of(decided) if given.award.kind == "points"]
    days = {cause_key(given.evaluation_id, given.award): given.award.terms.pending_days for given in awards}
    referral = batch.referrals.get(purchase.customer_id)
    disputed = {
        cause_key(given.evaluation_id, given.award): AWAITS_REVIEW
        for given in awards
        if referral is not None and is_for_referral(given.trigger, given.award)
        and (referral.is_held or referral.status == ReferralStatus.REJECTED)
    }  # fmt: skip
    released = release_waiting(book=batch.book, keys=days.keys(), waiting_for=AWAITS_PAYMENT, days=days, then=disputed)
    counted = [given for given in awards if cause_key(given.evaluation_id, given.award) not in disputed]
    _claim_tiers(batch, purchase, counted, undone, evaluation.pk)
    batch.confirm(
        order,
        row,
        purchased_at=purchase.occurred_at,
        qualifies=referral is not None
        and may_qualify(referral, merchant=payment.merchant, at=purchase.occurred_at)
        and not undone.disqualifies(payment.merchant.minimum_qualifying_purchase),
        decision={"released": sorted(released.items())},
    )
    batch.write()


def _claim_tiers(batch: Batch, purchase: Purchase, awards: Sequence[Given], undone: Undone, evaluation_id: int) -> None:
    """Make the claims to tiers of a purchase that is paid at last, less what was paid back of it."""
    claims = {purchase.customer_id: 0}
    for given in awards:
        if given.award.counts_for_tier:
            left = given.award.points - undone.points_gone(given)
            claims[given.award.customer_id] = claims.get(given.award.customer_id, 0) + left
    for customer_id, points in claims.items():
        is_buyer = customer_id == purchase.customer_id
        batch.giving.claim_tier(
            customer_id,
            spend=purchase.total - undone.returned.amount if is_buyer else 0,
            orders=int(not undone.is_whole) if is_buyer else 0,
            points=points,
            evaluation_id=evaluation_id,
            occurred_at=purchase.occurred_at,
        )
