"""Opening a batch: everything that its decisions need is locked or read, each in one statement."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from babel.numbers import get_currency_precision
from django.db.models import QuerySet

from config.lib.bulk import next_ids
from credits.selectors.terms import default_wallet_terms
from credits.services.opening import open_book
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import ReferralStatus
from referrals.models.rfm import CustomerRfm
from referrals.services.assessing import assess_referrals
from referrals.services.attribution import check_referrers, join_referrals, lock_referrals
from referrals.services.claims import Claim
from referrals.services.steps import OpenReferral, join_referral
from referrals.services.touches import Touch, claim_by, stored_touches
from rewards.engine.facts import RfmFacts
from rewards.engine.limits import period_key
from rewards.engine.milestones import ACROSS_FRIENDS, PER_FRIEND, PURCHASES
from rewards.engine.policy import PolicySet
from rewards.models.evaluations import Evaluation
from rewards.services.evaluation import counters, limits
from rewards.services.evaluation.batch import Batch
from rewards.services.evaluation.campaigns import open_campaigns
from rewards.services.evaluation.policies import policies_in_force
from rewards.services.evaluation.queue import WorkOrder
from rewards.services.evaluation.referring import MAY_QUALIFY
from rewards.services.work_orders import order_reviews


def open_batch(
    *,
    merchant: Merchant,
    orders: Sequence[WorkOrder],
    now: datetime,
    also_at: datetime | None = None,
    budgets_locked: bool = False,
) -> Batch:
    """Lock and read in the one order: referrals, accounts by id, and then what these locks protect.

    :param orders: claimed work orders, which are locked already.
    :param also_at: another moment whose campaigns matter.
    :param budgets_locked: whether to hold the budgets of campaigns, too, so that nobody else takes of them meanwhile.
    """
    terms = default_wallet_terms(merchant=merchant)
    policies = policies_in_force(merchant.pk, now)
    buyers = {order.customer_id for order in orders}
    referrals, refused_codes = _referrals(merchant, orders, buyers, now, grants=bool(policies.options))
    referrers = {referral.referrer_id for referral in referrals.values()}
    moments = {order.occurred_at for order in orders}
    book = open_book(terms=terms, customer_ids=buyers | referrers, now=now, earliest=min(moments))
    check_referrers(referrals.values())
    days = {moment.astimezone(terms.zone).date() for moment in moments}
    return Batch(
        merchant=merchant,
        minor_digits=get_currency_precision(merchant.currency),
        policies=policies,
        book=book,
        referrals=referrals,
        refused_codes=refused_codes,
        counters=counters.load_counters(
            counter_keys(policies, buyers, referrers),
            also_of=referrers,
            without_history={account.customer_id for account in book.accounts.values() if account.is_new},
        ),
        limits=uses_of_limits(policies, buyers | referrers, days),
        campaigns=open_campaigns(
            policies, terms, buyers | referrers, moments | ({also_at} if also_at else set()), locked=budgets_locked
        ),
        spare_ids=next_ids(Evaluation, 2 * sum(_may_move(referral) for referral in referrals.values())),
        rfm=rfm_of(buyers) if policies.ask_for_rfm else {},
        unverified=_unverified(buyers) if policies.wait_for_emails else (),
        now=now,
    )


def _unverified(customer_ids: Collection[int]) -> set[int]:
    """Those whose e-mail is not verified; they are held, so it is not being verified meanwhile."""
    return set(Customer.objects.filter(pk__in=customer_ids, email_verified_at=None).values_list("pk", flat=True))


def rfm_of(customer_ids: Collection[int] | QuerySet[Any]) -> dict[int, RfmFacts]:
    """How customers buy, as it was computed last."""
    found = CustomerRfm.objects.filter(customer__in=customer_ids)
    return {
        rfm.customer_id: RfmFacts(rfm.recency_score, rfm.frequency_score, rfm.monetary_score, rfm.segment)
        for rfm in found
    }


def _referrals(
    merchant: Merchant, orders: Sequence[WorkOrder], buyers: Collection[int], now: datetime, *, grants: bool
) -> tuple[dict[int, OpenReferral], dict[int, str]]:
    """The referrals of buyers, joined and looked at; and why codes were refused, by work order.

    :param grants: whether grants may be written to referrers, who must be held before their accounts are locked.
    """
    bought = [order for order in orders if order.purchase is not None]
    told = {order.id for order in bought if order.purchase is not None and order.purchase.referral_code}
    remembered = (
        stored_touches(customer_ids=buyers, decisive=merchant.decisive_touch, now=now)
        if len(told) < len(bought)
        else {}
    )
    claims = [claim for order in bought if (claim := _claim(order, remembered.get(order.customer_id)))]
    referrals = lock_referrals(
        merchant_id=merchant.pk,
        referee_ids=buyers,
        claimed={claim.code for claim in claims},
        referrers_too=grants,
    )
    claims = [claim for claim in claims if claim.key in told or claim.referee_id not in referrals]
    refused = join_referrals(merchant_id=merchant.pk, claims=claims, referrals=referrals, now=now) if claims else {}
    for order in sorted(orders, key=lambda order: (order.occurred_at, order.id)):
        referral = referrals.get(order.customer_id)
        if order.purchase is not None and referral is not None and referral.status == ReferralStatus.PENDING:
            join_referral(referral, at=order.occurred_at, reason="first_purchase")
    rejections = assess_referrals(
        merchant=merchant, referrals=[each for each in referrals.values() if _may_move(each)], now=now
    )
    order_reviews(decisions=rejections, now=now)
    return referrals, {key: reason for key, reason in refused.items() if key in told}


def _claim(order: WorkOrder, remembered: Touch | None) -> Claim | None:
    if order.purchase is not None and order.purchase.referral_code:
        return Claim(order.id, order.customer_id, order.purchase.referral_code, order.occurred_at)
    if remembered is None:
        return None
    return claim_by(remembered, key=order.id, referee_id=order.customer_id, at=order.occurred_at)


def _may_move(referral: OpenReferral) -> bool:
    return referral.joined_now or referral.status in MAY_QUALIFY


def counter_keys(policies: PolicySet, buyers: Collection[int], referrers: Collection[int]) -> set[counters.Key]:
    """Everybody's own counts (a friend brings theirs along), and the referrers' counts of their friends."""
    measures = {PURCHASES} | {measure for _, measure in policies.measures}
    across = {measure for scope, measure in policies.measures if scope == ACROSS_FRIENDS}
    own = {(buyer, PER_FRIEND, measure) for buyer in buyers for measure in measures}
    if policies.ask_for_referrers_purchases:
        own |= {(referrer, PER_FRIEND, PURCHASES) for referrer in referrers}
    return own | {(referrer, ACROSS_FRIENDS, measure) for referrer in referrers for measure in across}


def uses_of_limits(policies: PolicySet, people: Collection[int], days: Collection[date]) -> limits.LimitUses:
    """The uses of limits that policies may ask for about these people, on these days."""
    periods = {period_key(policy.definition.limits.per, day) for policy in policies.limited for day in days}
    return limits.read_limit_uses({policy.policy_id for policy in policies.limited}, people, periods)
