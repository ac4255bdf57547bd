"""A friend turns out to be real: they join if they were only expected, and points that waited can be spent."""

from datetime import datetime

from django.db import transaction

from credits.models.lots import Lot
from credits.selectors.terms import default_wallet_terms
from credits.services.opening import open_book
from credits.services.releasing import release_waiting
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import ReferralStatus
from referrals.services.assessing import assess_referrals
from referrals.services.attribution import lock_referrals
from referrals.services.steps import OpenReferral, join_referral, write_referrals
from rewards.engine.decision import Decision
from rewards.models.evaluations import Evaluation, Trigger
from rewards.services.evaluation.causes import AWAITS_EMAIL, cause_key
from rewards.services.work_orders import Fact, order_reviews, order_work


def confirm_email(*, customer: Customer, now: datetime) -> None:
    """Note that a customer's e-mail is verified, and let go of what waited for it: theirs, and their referrer's.

    The customer is held against every batch that is about them, so each either has posted what is let go here, or will
    see that the e-mail is verified. Again, it changes nothing.
    """
    with transaction.atomic():
        held = Customer.objects.select_for_update().select_related("merchant").get(pk=customer.pk)
        if held.email_verified_at is None:
            held.email_verified_at = customer.email_verified_at = now
            held.save(update_fields=["email_verified_at"])
        referrals = lock_referrals(merchant_id=held.merchant_id, referee_ids=[held.pk])
        for referral in referrals.values():
            if referral.status == ReferralStatus.PENDING:
                join_referral(referral, at=now, reason="email_verified")
                admit_referral(merchant=held.merchant, referral=referral, now=now)
        people = {held.pk, *(referral.referrer_id for referral in referrals.values())}
        days = _waiting(held.pk, people)
        if days:
            terms = default_wallet_terms(merchant=held.merchant)
            book = open_book(terms=terms, customer_ids=people, now=now)
            release_waiting(book=book, keys=days.keys(), waiting_for=AWAITS_EMAIL, days=days)
            book.write()


def admit_referral(*, merchant: Merchant, referral: OpenReferral, now: datetime) -> None:
    """Write a referral that is new, or whose friend has just joined; if they joined, it is looked at and evaluated."""
    if referral.joined_now:
        rejections = assess_referrals(merchant=merchant, referrals=[referral], now=now)
        order_reviews(decisions=rejections, now=now)
        order_work(
            merchant_id=merchant.pk,
            trigger=Trigger.REFERRAL_JOINED,
            subject_type="referral",
            facts=[Fact(referral.id, referral.referee_id, now)],
            now=now,
        )
    write_referrals(merchant_id=merchant.pk, referrals=[referral], now=now)


def _waiting(customer_id: int, people: set[int]) -> dict[str, int | None]:
    """What waits for the e-mail of this customer: the days that the policy has it wait besides, by key."""
    lots = Lot.objects.filter(account__customer__in=people, waiting_for=AWAITS_EMAIL, remaining__gt=0)
    evaluations = Evaluation.objects.filter(pk__in=lots.values("entry__evaluation_id"), customer=customer_id)
    return {
        cause_key(evaluation.pk, award): award.terms.pending_days
        for evaluation in evaluations
        for award in Decision.from_json(evaluation.decision or {}).awards
        if award.terms.pending_until
    }
