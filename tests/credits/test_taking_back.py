"""Points are taken back: from their own lot first, and then as the merchant's return policy says."""

from datetime import timedelta

import pytest

from credits.models import Entry, LotUse
from referrals.models import Event
from tests.factories.referrals import NOON


def uses_of(key):
    """Which lots an entry drew on, and how much."""
    return dict(LotUse.objects.filter(entry__key=key).values_list("lot__entry__key", "points"))


def test_what_was_earned_is_taken_from_its_own_lot(ledger):
    older, taken = ledger.earn(100), ledger.earn(50)
    assert ledger.take_back(taken, 50) == 50
    assert ledger.sums == {"available": 100}
    assert (ledger.lot(older).remaining, ledger.lot(taken).remaining) == (100, 0)
    assert uses_of(f"refund:{taken}") == {taken: 50}


def test_taking_back_is_another_entry_and_leaves_the_first_as_it_was(ledger):
    key = ledger.earn(50)
    ledger.take_back(key, 50)
    assert list(Entry.objects.order_by("id").values_list("points", "kind")) == [(50, "earned"), (-50, "reversed")]
    assert ledger.account.lifetime_points == 0


def test_taking_back_is_told(ledger):
    key = ledger.earn(50)
    ledger.spend(20)
    ledger.take_back(key, 50)
    told = Event.objects.get(type="points.reversed", payload__has_key="owed")
    assert told.payload == {"points": 50, "owed": 20, "reason": "purchase.completed"}


def test_pending_points_are_taken_from_pending(ledger):
    key = ledger.earn(50, waiting_for="payment")
    ledger.earn(10)
    assert ledger.take_back(key, 50) == 50
    assert ledger.sums == {"available": 10}


def test_what_was_spent_of_a_lot_is_taken_from_the_others_soonest_expiring_first(ledger):
    late = ledger.earn(100, expires_at=NOON + timedelta(days=90))
    soon = ledger.earn(100, expires_at=NOON + timedelta(days=60))
    taken = ledger.earn(100, expires_at=NOON + timedelta(days=30))
    ledger.spend(70)
    assert ledger.take_back(taken, 100) == 100
    assert uses_of(f"refund:{taken}") == {taken: 30, soon: 70}
    assert [ledger.lot(key).remaining for key in (taken, soon, late)] == [0, 30, 100]
    assert ledger.sums == {"available": 130}


def test_lots_that_never_expire_are_drawn_on_last(ledger):
    for_ever = ledger.earn(100)
    expiring = ledger.earn(100, expires_at=NOON + timedelta(days=60))
    taken = ledger.earn(50, expires_at=NOON + timedelta(days=30))
    ledger.spend(50)
    ledger.take_back(taken, 50)
    assert uses_of(f"refund:{taken}") == {expiring: 50}
    assert ledger.lot(for_ever).remaining == 100


def test_lots_that_wait_or_have_expired_pay_for_nothing(ledger):
    waiting = ledger.earn(100, waiting_for="payment")
    taken = ledger.earn(100)
    ledger.spend(100)
    expired = ledger.earn(100, expires_at=NOON + timedelta(days=1))
    ledger.take_back(taken, 100, now=NOON + timedelta(days=1))
    assert uses_of(f"refund:{taken}") == {}
    assert (ledger.lot(waiting).remaining, ledger.lot(expired).remaining) == (100, 0)
    assert ledger.account.owed == 100


def test_spent_points_become_a_debt_that_the_next_earnings_repay_first(ledger):
    taken = ledger.earn(500)
    ledger.spend(500)
    assert ledger.take_back(taken, 500) == 500
    assert ledger.sums == {"owed": 500}
    key = ledger.earn(700)
    assert ledger.sums == {"available": 200}
    assert (ledger.lot(key).granted, ledger.lot(key).remaining) == (700, 200)
    assert uses_of(key) == {key: 500}


def test_a_debt_is_repaid_over_several_earnings(ledger):
    taken = ledger.earn(100)
    ledger.spend(100)
    ledger.take_back(taken, 100)
    seen = []
    for points in (30, 30, 30, 30):
        ledger.earn(points)
        seen.append(ledger.sums)
    assert seen == [{"owed": 70}, {"owed": 40}, {"owed": 10}, {"available": 20}]


def test_pending_points_repay_no_debt_before_they_are_there(ledger):
    taken = ledger.earn(100)
    ledger.spend(100)
    ledger.take_back(taken, 100)
    ledger.earn(300, waiting_for="payment")
    assert ledger.sums == {"pending": 300, "owed": 100}


def test_points_that_repaid_a_debt_can_be_taken_back_too(ledger):
    first = ledger.earn(100)
    ledger.spend(100)
    ledger.take_back(first, 100)
    second = ledger.earn(150)
    assert ledger.take_back(second, 150) == 150
    assert ledger.sums == {"owed": 100}


def test_two_refunds_in_one_batch_draw_on_no_point_twice(ledger):
    first, second, other = ledger.earn(100), ledger.earn(100), ledger.earn(50)
    ledger.spend(200)
    with ledger.book() as book:
        assert [ledger.take_back_in(book, key, 100) for key in (first, second)] == [100, 100]
    assert ledger.lot(other).remaining == 0
    assert ledger.sums == {"owed": 150}


def test_a_forgiving_merchant_takes_what_is_there_and_no_more(new_ledger):
    ledger = new_ledger(return_policy="forgive")
    taken = ledger.earn(100)
    ledger.spend(80)
    other = ledger.earn(30)
    assert ledger.take_back(taken, 100) == 50
    assert uses_of(f"refund:{taken}") == {taken: 20, other: 30}
    assert ledger.sums == {}


def test_where_only_pending_points_are_taken_back_others_stay(new_ledger):
    ledger = new_ledger(return_policy="pending_only")
    active, pending = ledger.earn(100), ledger.earn(40, waiting_for="payment")
    assert ledger.take_back(active, 100) == 0
    assert ledger.take_back(pending, 40) == 40
    assert ledger.sums == {"available": 100}


@pytest.mark.parametrize("policy", ["forgive", "pending_only"])
def test_taking_back_nothing_leaves_no_entry(new_ledger, policy):
    ledger = new_ledger(return_policy=policy)
    key = ledger.earn(100)
    ledger.spend(100)
    assert ledger.take_back(key, 100) == 0
    assert not Entry.objects.filter(key=f"refund:{key}").exists()


@pytest.mark.parametrize("policy", ["owed", "forgive", "pending_only"])
@pytest.mark.parametrize("spent", [0, 1, 99, 100])
def test_nothing_is_ever_below_zero(new_ledger, policy, spent):
    ledger = new_ledger(return_policy=policy)
    key = ledger.earn(100)
    if spent:
        ledger.spend(spent)
    ledger.take_back(key, 100)
    left = {"owed": {"owed": spent}, "forgive": {}, "pending_only": {"available": 100 - spent}}[policy]
    assert ledger.sums == {name: points for name, points in left.items() if points}


@pytest.mark.parametrize("is_spent", [True, False])
def test_what_came_by_a_clock_that_is_ahead_is_spent_and_taken_back_by_one_that_is_behind(ledger, is_spent):
    ahead = NOON + timedelta(minutes=10)
    ledger.earn(7, active_at=NOON + timedelta(days=1))
    key = ledger.earn(100, at=ahead, now=ahead)
    if is_spent:
        ledger.spend(60)
    assert ledger.take_back(key, 100) == 100
    assert ledger.sums == ({"pending": 7, "owed": 60} if is_spent else {"pending": 7})
