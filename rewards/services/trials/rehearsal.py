"""History once more under a set of policies: the same deciding as ever, with everything it counts kept in memory."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
from babel.numbers import get_currency_precision

from config.lib.bodies import EARLIEST
from credits.selectors.terms import WalletTerms
from credits.services.paper import PaperBook
from referrals.models.merchants import Merchant
from referrals.models.rfm import CustomerRfm
from referrals.services.steps import OpenReferral, reverse_referral
from rewards.engine.decision import Award
from rewards.engine.facts import Facts, Standing
from rewards.engine.kinds.steps import TIER_STEP
from rewards.engine.milestones import ACROSS_FRIENDS, PER_FRIEND, PURCHASES
from rewards.engine.policy import PolicySet
from rewards.engine.returns import Sale, SoldLine
from rewards.models.campaigns import Campaign, Participation
from rewards.models.evaluations import Trigger
from rewards.models.segments import SegmentMember
from rewards.selectors.campaigns import read_terms
from rewards.services.evaluation.batch import SPARE_IDS, Batch
from rewards.services.evaluation.campaigns import Campaigns
from rewards.services.evaluation.caused import Given, Undone, with_refund
from rewards.services.evaluation.counters import Counters
from rewards.services.evaluation.limits import LimitUses
from rewards.services.evaluation.opening import rfm_of
from rewards.services.evaluation.queue import WorkOrder
from rewards.services.evaluation.referring import may_qualify
from rewards.services.trials.history import Known, Sequel

Tell = Callable[[Award, int], None]
"""Hears of points or a grant that were given (1), or taken back: how many points, or how many of the option."""


@dataclass(slots=True)
class PaperCounters(Counters):
    """Counters that begin at nothing; `wanted` says what is counted in each scope."""

    wanted: Mapping[str, list[str]] = field(default_factory=dict)

    def of(self, customer_id: int, scope: str) -> list[str]:
        """What is counted of a customer."""
        return self.wanted[scope]

    def amount(self, customer_id: int, scope: str, measure: str) -> int:
        """How often it has happened, net of refunds."""
        return self.values[customer_id, scope, measure][0]


@dataclass(slots=True)
class _Sold:
    """A purchase after which something comes, and what was given for it."""

    order: WorkOrder
    given: list[Given]
    undone: Undone
    is_claimed: bool


class _PaperBatch(Batch):
    """Decides like any batch; what it gives is collected, and posted nowhere."""

    given: list[Given]

    def _use_limit(self, award: Award, facts: Facts) -> str:
        period = super()._use_limit(award, facts)
        self.given.append(Given(award, 0, facts.trigger, self.merchant.minimum_qualifying_purchase, period))
        return period


class Rehearsal:
    """One set of policies going through history, fact by fact."""

    def __init__(
        self, *, merchant: Merchant, terms: WalletTerms, policies: PolicySet, known: Known, tell: Tell
    ) -> None:
        measures = {PURCHASES} | {measure for _, measure in policies.measures}
        across = {measure for scope, measure in policies.measures if scope == ACROSS_FRIENDS}
        self._known = known
        self._tell = tell
        self._merchant = merchant
        self._book = PaperBook(terms=terms, now=EARLIEST)
        self._referrals: dict[int, OpenReferral] = {}
        self._sold: dict[int, _Sold] = {}
        self._early: dict[int, list[Sequel]] = {}
        self._counters = PaperCounters(
            defaultdict(lambda: (0, 0)), wanted={PER_FRIEND: sorted(measures), ACROSS_FRIENDS: sorted(across)}
        )
        self._batch = _PaperBatch(
            merchant=merchant,
            minor_digits=get_currency_precision(merchant.currency),
            policies=policies,
            book=self._book,
            referrals=self._referrals,
            refused_codes={},
            counters=self._counters,
            limits=LimitUses({}),
            campaigns=_campaigns(terms, policies),
            rfm=rfm_of(CustomerRfm.objects.filter(merchant=merchant).values("customer"))
            if policies.ask_for_rfm
            else {},
            spare_ids=[],
            unverified=(),
            now=self._book.now,
        )

    def go_through(self, fact: WorkOrder | Sequel) -> None:
        """Decide about one fact, and tell of what it gave or took back."""
        if isinstance(fact, Sequel):
            self._follow(fact)
            return
        self._open_referral(fact)
        self._reach(fact.occurred_at, fact.customer_id)
        given = self._decided(lambda: self._batch.decide(fact), fact.id)
        if fact.subject_id in self._known.followed and fact.purchase is not None:
            sale = Sale(
                total=fact.purchase.total,
                lines=[SoldLine(line.quantity, line.unit_price, line.category) for line in fact.purchase.lines],
            )
            undone = Undone(sale, sale.returned(()))
            self._sold[fact.subject_id] = _Sold(fact, given, undone, fact.purchase.is_paid)
            for sequel in self._early.pop(fact.subject_id, ()):
                self._follow(sequel)

    def _open_referral(self, order: WorkOrder) -> None:
        """The friend's referral begins with what began it: a registration, or the purchase that carried the code."""
        if order.customer_id in self._referrals or order.customer_id not in self._known.referrals:
            return
        referral = self._known.referrals[order.customer_id]
        is_registered = referral.id in self._known.registered
        has_joined = referral.joined_at is not None and order.occurred_at >= referral.joined_at
        if has_joined and (is_registered or order.purchase is not None):
            mine = copy(referral)
            mine.steps, mine.joined_now = [], not is_registered
            self._referrals[order.customer_id] = mine

    def _reach(self, moment: datetime, customer_id: int) -> None:
        referral = self._referrals.get(customer_id)
        self._book.reach(moment, customer_id, *((referral.referrer_id,) if referral else ()))
        self._batch.now = self._batch.giving.now = moment

    def _decided(self, decide: Callable[[], None], evaluation_id: int) -> list[Given]:
        """What is given when something is decided; consequences count as of the evaluation that caused them."""
        given: list[Given] = []
        self._batch.given = given
        self._batch.spare_ids = [evaluation_id] * SPARE_IDS
        decide()
        self._batch.decided.clear()
        self._batch.giving.grants.clear()
        self._batch.giving.badges.clear()
        for each in given:
            self._tell(each.award, each.award.points or each.award.quantity)
        return given

    def _follow(self, sequel: Sequel) -> None:
        sold = self._sold.get(sequel.purchase_id)
        if sold is None:  # It says that it happened before its purchase.
            self._early.setdefault(sequel.purchase_id, []).append(sequel)
            return
        self._reach(max(sequel.occurred_at, self._book.now), sold.order.customer_id)
        if sequel.is_paid:
            self._confirm(sold, sequel)
            return
        before = sold.undone
        sold.undone = with_refund(before, sequel.settled) if sequel.settled else replace(before, is_void=True)
        self._take_back(sold, before, sequel)

    def _confirm(self, sold: _Sold, sequel: Sequel) -> None:
        """The purchase is paid at last: it counts for tiers, and its referral may qualify."""
        order, undone = sold.order, sold.undone
        if order.purchase is None or sold.is_claimed:
            return
        sold.is_claimed = True
        claims = {order.customer_id: 0}
        for given in sold.given:
            if given.award.kind == "points" and given.award.counts_for_tier:
                left = given.award.points - undone.points_gone(given)
                claims[given.award.customer_id] = claims.get(given.award.customer_id, 0) + left
        for customer_id, points in claims.items():
            is_buyer = customer_id == order.customer_id
            self._batch.giving.claim_tier(
                customer_id,
                spend=order.purchase.total - undone.returned.amount if is_buyer else 0,
                orders=int(not undone.is_whole) if is_buyer else 0,
                points=points,
                evaluation_id=sequel.evaluation_id,
                occurred_at=order.occurred_at,
            )
        referral = self._referrals.get(order.customer_id)
        is_enough = not undone.disqualifies(self._merchant.minimum_qualifying_purchase)
        waits = referral is not None and may_qualify(referral, merchant=self._merchant, at=order.occurred_at)
        purchase = order.purchase
        sold.given += self._decided(
            lambda: self._batch.confirm(
                order, purchase, purchased_at=order.occurred_at, qualifies=waits and is_enough, decision={}
            ),
            sequel.evaluation_id,
        )

    def _take_back(self, sold: _Sold, before: Undone, sequel: Sequel) -> None:
        """Undo what goes with a refund: points, grants, uses of limits, claims, counts, the tier, the referral."""
        order, after = sold.order, sold.undone
        claims = {order.customer_id: 0}
        for given in sold.given:
            award, gone = given.award, after.points_gone(given) - before.points_gone(given)
            goes = after.takes_all(given) and not before.takes_all(given)
            if gone or (goes and award.kind == "grant"):
                self._tell(award, -(gone or award.quantity))
            self._give_back(given, before, after)
            if award.counts_for_tier and award.kind == "points":
                claims[award.customer_id] = claims.get(award.customer_id, 0) + gone
            if given.period:
                self._batch.limits.use((award.policy_id, award.customer_id, given.period), -gone, times=-goes)
        if sold.is_claimed:
            self._take_back_claims(order, claims, before, after)
        self._take_back_counts(order, before, after)
        keeps_step = any(it.award.kind == TIER_STEP and not after.takes_all(it) for it in sold.given)
        for customer_id in () if keeps_step else claims:
            self._book.take_back_tier(
                customer_id,
                evaluation_ids={order.id, sequel.evaluation_id},
                evaluation_id=sequel.evaluation_id,
            )
        self._reverse(sold, before, after)

    def _give_back(self, given: Given, before: Undone, after: Undone) -> None:
        """What of an award goes back into its campaigns."""
        for part in given.award.campaigns:
            gone = after.campaign_points_gone(given, part) - before.campaign_points_gone(given, part)
            if gone:
                back = msgspec.structs.replace(part, points=-gone)
                self._batch.campaigns.give(given.award.customer_id, [back])

    def _take_back_claims(self, order: WorkOrder, claims: dict[int, int], before: Undone, after: Undone) -> None:
        for customer_id, points in claims.items():
            is_buyer = customer_id == order.customer_id
            self._book.qualify(
                customer_id,
                spend=before.returned.amount - after.returned.amount if is_buyer else 0,
                orders=before.is_whole - after.is_whole if is_buyer else 0,
                points=-points,
                evaluation_id=order.id,
                occurred_at=order.occurred_at,
            )

    def _take_back_counts(self, order: WorkOrder, before: Undone, after: Undone) -> None:
        referral = self._referrals.get(order.customer_id)
        owners = [(order.customer_id, PER_FRIEND)]
        if referral is not None:
            owners.append((referral.referrer_id, ACROSS_FRIENDS))
        for owner, scope in owners:
            for measure in self._counters.of(owner, scope):
                gone = after.uncounted(measure) - before.uncounted(measure)
                self._counters.advance(owner, scope, measure, -gone)

    def _reverse(self, sold: _Sold, before: Undone, after: Undone) -> None:
        """The referral no longer counts if this purchase made it count, and too little of it is left."""
        referral = self._referrals.get(sold.order.customer_id)
        least = self._merchant.minimum_qualifying_purchase
        qualified = any(given.trigger == Trigger.REFERRAL_QUALIFIED for given in sold.given)
        if referral and qualified and after.disqualifies(least) and not before.disqualifies(least):
            reverse_referral(referral, now=self._batch.now)


def _campaigns(terms: WalletTerms, policies: PolicySet) -> Campaigns:
    """The campaigns of today as if they had given nothing yet, and the segments and joinings of today."""
    campaigns = Campaigns(terms.merchant_id, terms.zone)
    if policies.name_campaigns:
        rows = Campaign.objects.filter(merchant=terms.merchant_id, is_active=True).order_by("code")
        campaigns.in_force = tuple(read_terms(row) for row in rows)
        campaigns.left = {row.pk: row.budget for row in rows if row.budget is not None}
        joined = Participation.objects.filter(campaign__in=rows, joined_at__isnull=False)
        keys = joined.values_list("campaign_id", "customer_id", "round")
        campaigns.standings = {(row[0], row[1], row[2]): Standing(joined=True) for row in keys}
    if policies.name_segments or any(campaign.terms.segments for campaign in campaigns.in_force):
        members = SegmentMember.objects.filter(segment__merchant=terms.merchant_id, segment__is_active=True)
        for customer_id, code in members.order_by("segment__code").values_list("customer_id", "segment__code"):
            campaigns.segments[customer_id] = (*campaigns.segments.get(customer_id, ()), code)
    return campaigns
