"""Everything that can happen to the points of two customers, in the database and beside it in the model."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from config.lib.errors import DomainError
from credits.models import Lot as Row
from credits.services.drawing import InsufficientPoints
from credits.services.proofs import books, events, lots, spending, tiers
from tests.credits.ledger import Ledger
from tests.credits.model import Account, Lot
from tests.factories.referrals import NOON, CustomerFactory

POINTS = st.integers(1, 400)
DAYS = st.integers(1, 9)
GRACE_DAYS = 3
PEOPLE = st.sampled_from([0, 1])
INVARIANTS = [*books.INVARIANTS, *lots.INVARIANTS, *spending.INVARIANTS, *tiers.INVARIANTS, *events.INVARIANTS]
BROKEN = "SELECT " + ", ".join(f"(SELECT count(*) FROM ({each.sql}) AS broken)" for each in INVARIANTS)


class Postings(RuleBasedStateMachine):
    """Two customers' ledgers in the database, and beside them what they should be."""

    steps = 0

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.day = 0

    @initialize(policy=st.sampled_from(["owed", "forgive", "pending_only"]))
    def open(self, policy):
        self.policy = policy
        self.ledger = Ledger(return_policy=policy, restore_grace_days=GRACE_DAYS, transfer_day_max=10**6)
        self.people = [self.ledger.customer, CustomerFactory(merchant=self.ledger.merchant)]
        self.ledger.adjoin(self.people[1])
        self.accounts = [Account(), Account()]
        self.lots, self.spent, self.holds, self.placed = {}, {}, {}, 0

    @property
    def now(self):
        return NOON + timedelta(days=self.day)

    def at(self, day):
        return None if day is None else NOON + timedelta(days=day)

    def turn(self, who):
        """The ledger acts for this customer, whose model is brought up to the day."""
        self.ledger.customer = self.people[who]
        self.accounts[who].settle(self.day)
        return self.accounts[who]

    @rule(who=PEOPLE, points=POINTS, term=st.none() | DAYS, wait=st.just(0) | DAYS | st.none())
    def earn(self, who, points, term, wait):
        account = self.turn(who)
        end = None if term is None else self.day + term
        active = None if wait is None else self.day + wait
        waiting = {"waiting_for": "payment"} if wait is None else {"active_at": self.at(active)}
        key = self.ledger.earn(points, at=self.now, now=self.now, expires_at=self.at(end), **waiting)
        self.lots[key] = who, Lot(points, points, self.day, active, end)
        account.lots.append(self.lots[key][1])
        account.repay(self.day)

    @precondition(lambda self: any(lot.active is None for _, lot in self.lots.values()))
    @rule(data=st.data())
    def confirm(self, data):
        key = data.draw(st.sampled_from([key for key, (_, lot) in self.lots.items() if lot.active is None]))
        who, lot = self.lots[key]
        account = self.turn(who)
        self.ledger.release([key], "payment", now=self.now)
        lot.active = lot.earned
        account.repay(self.day)

    @precondition(lambda self: any(not lot.taken_back for _, lot in self.lots.values()))
    @rule(data=st.data())
    def take_back(self, data):
        key = data.draw(st.sampled_from([key for key, (_, lot) in self.lots.items() if not lot.taken_back]))
        who, lot = self.lots[key]
        account = self.turn(who)
        lot.taken_back, wanted = True, lot.points
        is_pending = lot.active is None or lot.active > self.day
        if self.policy != "pending_only" or is_pending:
            own = min(wanted, lot.left - lot.held)
            lot.left -= own
            wanted -= own
            if self.policy != "pending_only":
                for other, part in account.draw(wanted, self.day, besides=lot):
                    other.left -= part
                    wanted -= part
        owed = wanted if self.policy == "owed" else 0
        account.owed += owed
        assert self.ledger.take_back(key, lot.points, now=self.now) == lot.points - wanted + owed

    @rule(who=PEOPLE, points=POINTS)
    def spend(self, who, points):
        account = self.turn(who)
        if points > account.available(self.day):
            with pytest.raises(InsufficientPoints):
                self.ledger.spend(points, now=self.now)
            return
        drawn = account.draw(points, self.day)
        for lot, part in drawn:
            lot.left -= part
        self.spent[self.ledger.spend(points, now=self.now)] = who, drawn

    @precondition(lambda self: self.spent)
    @rule(data=st.data())
    def restore(self, data):
        key = data.draw(st.sampled_from(sorted(self.spent)))
        who, drawn = self.spent.pop(key)
        account = self.turn(who)
        self.ledger.restore(key, now=self.now)
        lapsed = 0
        for lot, part in drawn:
            if lot.has_ended(self.day):
                lapsed += part
            else:
                lot.left += part
        account.repay(self.day)
        if lapsed:
            account.lots.append(Lot(lapsed, lapsed, self.day, self.day, self.day + GRACE_DAYS + 1))
            account.repay(self.day)

    @rule(who=PEOPLE, points=POINTS, days=DAYS)
    def hold(self, who, points, days):
        account = self.turn(who)
        self.placed += 1
        key = f"hold:{self.placed}"
        if points > account.available(self.day):
            with pytest.raises(InsufficientPoints):
                self.ledger.hold(points, key, until=self.at(self.day + days), now=self.now)
            return
        drawn = account.draw(points, self.day)
        for lot, part in drawn:
            lot.held += part
        account.holds[key] = self.day + days, drawn
        self.holds[key] = who, points
        self.ledger.hold(points, key, until=self.at(self.day + days), now=self.now)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), share=st.integers(1, 100))
    def capture(self, data, share):
        key = data.draw(st.sampled_from(sorted(self.holds)))
        who, points = self.holds[key]
        account, wanted = self.turn(who), -(-points * share // 100)
        if key not in account.holds:
            with pytest.raises(DomainError):
                self.ledger.capture(key, wanted, now=self.now)
            return
        drawn = account.holds[key][1]
        account.unhold(key)
        self.holds.pop(key)
        for lot, part in drawn:
            taken = min(part, wanted)
            lot.left -= taken
            wanted -= taken
        account.settle(self.day)
        self.ledger.capture(key, -(-points * share // 100), now=self.now)

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def release(self, data):
        key = data.draw(st.sampled_from(sorted(self.holds)))
        who, _ = self.holds.pop(key)
        account = self.turn(who)
        if key in account.holds:
            account.unhold(key)
            account.settle(self.day)
        self.ledger.unhold(key, now=self.now)

    @rule(giver=PEOPLE, points=POINTS)
    def give(self, giver, points):
        account, other = self.turn(1 - giver), self.turn(giver)
        account, other = other, account
        if points > account.available(self.day):
            with pytest.raises(InsufficientPoints):
                self.ledger.give(points, self.people[1 - giver], now=self.now)
            return
        by_end = {}
        for lot, part in account.draw(points, self.day):
            lot.left -= part
            by_end[lot.end] = by_end.get(lot.end, 0) + part
        for end, part in by_end.items():
            other.lots.append(Lot(part, part, self.day, self.day, end))
            other.repay(self.day)
        self.ledger.give(points, self.people[1 - giver], now=self.now)

    @rule(who=PEOPLE)
    def settle(self, who):
        self.turn(who)
        with self.ledger.book(now=self.now):
            pass

    @rule(days=DAYS)
    def wait(self, days):
        self.day += days

    @invariant()
    def what_is_read_is_what_the_model_says(self):
        Postings.steps += 1
        for who, account in enumerate(self.accounts):
            self.turn(who)
            expected = account.available(self.day), account.pending(self.day), account.held(), account.owed
            assert self.ledger.read(self.now) == expected

    @invariant()
    def no_rule_of_the_books_is_broken(self):
        with connection.cursor() as cursor:
            cursor.execute(BROKEN, {"now": self.now})
            broken = [each.name for each, rows in zip(INVARIANTS, cursor.fetchone(), strict=True) if rows]
        assert not broken

    def teardown(self):
        try:
            for who in (0, 1):
                self.settle(who)
                left = sum(lot.left for lot in self.accounts[who].lots)
                rows = Row.objects.filter(account=self.ledger.account).values_list("remaining", flat=True)
                assert sum(rows) == left
        finally:
            transaction.savepoint_rollback(self.savepoint)
