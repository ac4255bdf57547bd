"""Everything that can happen to redemptions of two customers, in the database and beside it in the model.

Whatever the model says cannot be is tried too, at the service and at the database: both refuse.
"""

import pytest
from django.db import Error, connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from config.lib.errors import DomainError
from credits.services.proofs import books, lots, spending
from fulfillment.models import Assignment, Redemption, Slot, Status, StatusMove
from fulfillment.services.proofs import deliveries, promises
from rewards.models import CouponPool, Grant
from rewards.services.coupons import import_coupons
from tests.fulfillment.desk import Desk, stock_of, sums
from tests.fulfillment.model import CODES, KINDS, LIVE, PLACES, Wish, held, paid, taken

PEOPLE = st.sampled_from([0, 1])
INVARIANTS = [
    *books.INVARIANTS, *lots.INVARIANTS, *spending.INVARIANTS, *promises.INVARIANTS, *deliveries.INVARIANTS
]  # fmt: skip
BROKEN = "SELECT " + ", ".join(f"(SELECT count(*) FROM ({each.sql}) AS broken)" for each in INVARIANTS)
some_redeemed = precondition(lambda self: self.wishes)


class Redeeming(RuleBasedStateMachine):
    """Redemptions in the database, and beside them what they should be."""

    steps = 0

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()

    @initialize()
    def open(self):
        self.desk = Desk()
        self.options = {code: self._option(code, kind) for code, kind in KINDS.items()}
        import_coupons(option=self.options["card"], codes=[f"CODE-{n}" for n in range(CODES)], now=self.desk.now)
        self.slots = [self.desk.slot(self.options["tasting"], places=PLACES) for _ in range(2)]
        self.technicians = [self.desk.technician(capacity=100) for _ in range(2)]
        self.people = [self.desk.customer(name, points=2000) for name in ("alice", "bob")]
        self.earned, self.wishes, self.rows = [2000, 2000], [], []

    def _option(self, code, kind):
        stock = None if kind.coupon else kind.supply
        terms = {"needs_approval": kind.approval, "needs_technician": kind.technician, "stock_quantity": stock}
        terms |= {"shipping_required": kind.shipping, "by_appointment": kind.appointment, "needs_coupon": kind.coupon}
        return self.desk.option(code, kind.category, discount="percentage", value=10, **terms)

    @rule(who=PEOPLE, code=st.sampled_from(sorted(KINDS)), quantity=st.integers(1, 2))
    def redeem(self, who, code, quantity):
        wish = Wish(who, code, quantity)
        left = self.earned[who] - held(self.wishes, who) - paid(self.wishes, who)
        supply = wish.kind.supply
        can = wish.points <= left and (supply is None or taken(self.wishes, code) + quantity <= supply)
        address = "1 Elm Street" if wish.kind.shipping else ""
        redemption = self._try(
            can, lambda: self.desk.redeem(self.people[who], self.options[code], quantity, address=address)
        )
        if can:
            if not wish.kind.approval:
                wish.approve()
            self.wishes.append(wish)
            self.rows.append(redemption)

    @some_redeemed
    @rule(data=st.data())
    def approve(self, data):
        wish, row = self._one(data)
        self._try(wish.approve(), lambda: self.desk.approve(row))

    @some_redeemed
    @rule(data=st.data())
    def reject(self, data):
        wish, row = self._one(data)
        self._try(wish.undo("rejected"), lambda: self.desk.reject(row))

    @some_redeemed
    @rule(data=st.data(), is_customer=st.booleans())
    def cancel(self, data, is_customer):
        wish, row = self._one(data)
        allowed, who = (("pending",), {}) if is_customer else (LIVE, {"actor": "user:1"})
        self._try(wish.undo("cancelled", allowed), lambda: self.desk.cancel(row, **who))

    @rule()
    def dispatch(self):
        self.desk.dispatch()
        for wish in self.wishes:
            if wish.is_waiting and len(wish.refused_by) < len(self.technicians):
                wish.is_waiting, wish.has_job = False, True

    @some_redeemed
    @rule(data=st.data(), has_begun=st.booleans())
    def give_up(self, data, has_begun):
        wish, row = self._one(data)
        job = self.desk.job(row)
        if job is None:
            return
        can = wish.give_up(technician=None if has_begun else job.technician)
        if can:
            wish.refused_by.add(job.technician_id)
        self._try(can, lambda: self.desk.gives_up(job.technician, job, has_begun=has_begun))

    @some_redeemed
    @rule(data=st.data(), number=PEOPLE)
    def assign(self, data, number):
        wish, row = self._one(data)
        can = wish.status == "approved" and wish.kind.technician
        self._try(can, lambda: self.desk.assign(row, self.technicians[number]))
        if can:
            wish.has_job, wish.is_waiting = True, False

    @precondition(lambda self: any(wish.kind.technician for wish in self.wishes))
    @rule(data=st.data(), is_theirs=st.booleans())
    def complete(self, data, is_theirs):
        wish, row = self._one(data)
        job = self.desk.job(row)
        if job is None:
            return
        others = [each for each in self.technicians if each.pk != job.technician_id]
        has_it = job.state in ("open", "done")
        can = is_theirs and has_it and wish.fulfil(by_technician=True)
        self._try(can, lambda: self.desk.completes(job.technician if is_theirs else others[0], job))

    @some_redeemed
    @rule(data=st.data())
    def fulfil(self, data):
        wish, row = self._one(data)
        self._try(wish.fulfil(), lambda: self.desk.fulfil(row))

    @some_redeemed
    @rule(data=st.data())
    def send(self, data):
        wish, row = self._one(data)
        self._try(wish.send(), lambda: self.desk.sends(row))

    @some_redeemed
    @rule(data=st.data(), number=PEOPLE)
    def book(self, data, number):
        wish, row = self._one(data)
        full = sum(w.quantity for w in self.wishes if w.slot == number and w is not wish)
        can = wish.kind.appointment and wish.status in LIVE
        can = can and (wish.slot == number or full + wish.quantity <= PLACES)
        self._try(can, lambda: self.desk.books(row, self.slots[number]))
        if can:
            wish.slot = number

    @some_redeemed
    @rule(data=st.data(), to=st.sampled_from(Status.values))
    def go_around_the_service(self, data, to):
        """A status that no history led to, a history that nothing led to, and a history that is changed."""
        wish, row = self._one(data)
        moves = StatusMove.objects.filter(redemption=row)
        acts = [
            lambda: Redemption.objects.filter(pk=row.pk).delete(),
            lambda: moves.update(actor="nobody"),
            moves.delete,
            lambda: Redemption.objects.filter(pk=row.pk).update(points=1, unit_points=1),
            lambda: StatusMove.objects.create(
                redemption=row, from_status="fulfilled", to_status=to, actor="x", reason="x", moved_at=self.desk.now
            ),
        ]
        if to != wish.status:
            acts.append(lambda: self._force(row, to))
        for act in acts:
            with pytest.raises(Error), transaction.atomic():
                act()

    def _force(self, row, to):
        ended_at = None if to in LIVE else self.desk.now
        Redemption.objects.filter(pk=row.pk).update(status=to, ended_at=ended_at, dispatch_at=None)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @invariant()
    def everything_is_as_the_model_says(self):
        Redeeming.steps += 1
        found = dict(Redemption.objects.values_list("pk", "status"))
        assert [found[row.pk] for row in self.rows] == [wish.status for wish in self.wishes]
        for who, person in enumerate(self.people):
            bound, gone = held(self.wishes, who), paid(self.wishes, who)
            expected = {"available": self.earned[who] - bound - gone, "held": bound}
            assert sums(person) == {name: points for name, points in expected.items() if points}
        for code, kind in KINDS.items():
            if kind.supply and not kind.coupon:
                assert stock_of(self.options[code]) == kind.supply - taken(self.wishes, code)
        assert CouponPool.objects.get().free == CODES - taken(self.wishes, "card")
        assert Grant.objects.count() == sum(w.code == "voucher" for w in self.wishes)
        open_jobs = set(Assignment.objects.filter(state="open").values_list("redemption", flat=True))
        assert open_jobs == {row.pk for row, wish in zip(self.rows, self.wishes, strict=True) if wish.has_job}
        for number, slot in enumerate(self.slots):
            places = sum(wish.quantity for wish in self.wishes if wish.slot == number)
            assert Slot.objects.get(pk=slot.pk).taken == places

    @invariant()
    def no_rule_is_broken(self):
        with connection.cursor() as cursor:
            cursor.execute(BROKEN, {"now": self.desk.now})
            broken = [each.name for each, rows in zip(INVARIANTS, cursor.fetchone(), strict=True) if rows]
        assert not broken

    def _one(self, data):
        number = data.draw(st.integers(0, len(self.wishes) - 1))
        return self.wishes[number], self.rows[number]

    def _try(self, can, act):
        """Do what can be done; what cannot is refused."""
        if can:
            return act()
        with pytest.raises(DomainError), transaction.atomic():
            act()
        return None

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)
