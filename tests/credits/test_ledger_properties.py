"""Whatever happens in whatever order, the ledger is what a few lines of plain Python say it is."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from credits.models import Entry, Lot
from credits.selectors import balance_now
from tests.credits.ledger import TIERS, Ledger, assert_books_are_right
from tests.factories.referrals import NOON

POINTS = st.integers(1, 400)
DAYS = st.integers(1, 9)


@dataclass
class Earned:
    """A lot of the model; `last_day` counts from the beginning."""

    points: int
    left: int
    is_pending: bool
    last_day: int | None
    taken_back: bool = False


class Postings(RuleBasedStateMachine):
    """One customer's ledger in the database, and beside it what it should be."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.day = 0

    @initialize(policy=st.sampled_from(["owed", "forgive", "pending_only"]))
    def open(self, policy):
        self.policy, self.owed, self.tier = policy, 0, 0
        self.ledger = Ledger(return_policy=policy)
        self.ledger.buy(0, orders=0, points=1)
        self.lots: dict[str, Earned] = {}
        self.claims = [0, 0, 1]

    @property
    def now(self):
        return NOON + timedelta(days=self.day)

    @rule(points=POINTS, term=st.none() | DAYS, is_pending=st.booleans())
    def earn(self, points, term, is_pending):
        terms = {"waiting_for": "payment"} if is_pending else {}
        last_day = None if term is None else self.day + term
        expires_at = None if last_day is None else NOON + timedelta(days=last_day)
        key = self.ledger.earn(points, at=self.now, now=self.now, expires_at=expires_at, **terms)
        repaid = 0 if is_pending else min(points, self.owed)
        self.owed -= repaid
        self.lots[key] = Earned(points, points - repaid, is_pending, last_day)

    @precondition(lambda self: any(not lot.taken_back for lot in self.lots.values()))
    @rule(data=st.data())
    def take_back(self, data):
        key = data.draw(st.sampled_from([key for key, lot in self.lots.items() if not lot.taken_back]))
        lot = self.lots[key]
        lot.taken_back = True
        expected = 0
        if self.policy != "pending_only" or lot.is_pending:
            expected = self._draw([lot], lot.points)
            if self.policy != "pending_only":
                expected += self._draw(
                    [other for other in self._spendable() if other is not lot], lot.points - expected
                )
            if self.policy == "owed":
                self.owed += lot.points - expected
                expected = lot.points
        assert self.ledger.take_back(key, lot.points, now=self.now) == expected

    @precondition(lambda self: self._spendable())
    @rule(share=st.integers(1, 100))
    def spend(self, share):
        points = max(1, sum(lot.left for lot in self._spendable()) * share // 100)
        self._draw(self._spendable(), points)
        self.ledger.spend(points, now=self.now)

    @rule(spend=st.integers(-300_00, 900_00), orders=st.integers(-3, 9), points=st.integers(-300, 900))
    def qualify(self, spend, orders, points):
        claims = [before + more for before, more in zip(self.claims, (spend, orders, points), strict=True)]
        self.ledger.buy(spend, orders=orders, points=points, at=self.now, now=self.now)
        self.claims = claims
        for rank, tier in enumerate(TIERS):
            required = [tier.get(name, 0) for name in ("min_spend", "min_orders", "min_points")]
            if all(claim >= least for claim, least in zip(claims, required, strict=True)):
                self.tier = max(self.tier, rank)

    @rule(days=DAYS)
    def wait(self, days):
        self.day += days

    @invariant()
    def the_sums_are_those_of_the_model(self):
        pending = sum(lot.left for lot in self.lots.values() if lot.is_pending)
        available = sum(lot.left for lot in self.lots.values()) - pending
        sums = {"available": available, "pending": pending, "owed": self.owed}
        assert self.ledger.sums == {name: points for name, points in sums.items() if points}

    @invariant()
    def the_entries_add_up_to_the_sums(self):
        account = self.ledger.account
        entries = Entry.objects.filter(account=account).aggregate(sum=Coalesce(Sum("points"), 0))["sum"]
        assert entries == account.available + account.pending + account.held - account.owed

    @invariant()
    def every_lot_has_left_what_the_model_says_and_its_uses_leave(self):
        paid = Coalesce(Sum("uses__points"), 0)
        lots = Lot.objects.filter(account=self.ledger.account).annotate(paid=paid)
        assert dict(lots.values_list("entry__key", "remaining")) == {key: lot.left for key, lot in self.lots.items()}
        assert not lots.exclude(remaining=F("granted") - F("paid")).exists()

    @invariant()
    def what_can_be_spent_now_is_read_from_the_lots(self):
        available, _ = balance_now(account_id=self.ledger.account.pk, held=0, now=self.now)
        assert available == sum(lot.left for lot in self._spendable())

    @invariant()
    def the_tier_is_the_highest_that_was_ever_reached(self):
        assert self.ledger.account.tier.rank == self.tier

    def teardown(self):
        try:
            assert_books_are_right(self.now)
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def _spendable(self):
        """What can be spent today: what expires soonest first, then what was earned first."""
        in_force = [
            lot
            for lot in self.lots.values()
            if lot.left and not lot.is_pending and (lot.last_day is None or lot.last_day > self.day)
        ]
        return sorted(in_force, key=lambda lot: (lot.last_day is None, lot.last_day))

    def _draw(self, lots, points):
        wanted = points
        for lot in lots:
            drawn = min(lot.left, wanted)
            lot.left -= drawn
            wanted -= drawn
        return points - wanted


@pytest.mark.django_db
def test_the_ledger_is_what_the_model_says():
    profile = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Postings, settings=profile)
