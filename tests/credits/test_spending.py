"""Points are spent, the soonest-expiring first; and given back to the lots that paid."""

from datetime import timedelta

import pytest

from credits.models import LotUse
from credits.services.drawing import InsufficientPoints
from credits.services.releasing import release_waiting
from credits.services.spending import NothingToRestore
from referrals.models import Event
from tests.factories.referrals import NOON


def days(count):
    return NOON + timedelta(days=count)


def left(ledger, *keys):
    return [ledger.lot(key).remaining for key in keys]


@pytest.fixture
def three(ledger):
    """Three lots of 100 that lapse on the first, the second and the third day."""
    return [ledger.earn(100, expires_at=days(count)) for count in (1, 2, 3)]


def test_the_lot_that_lapses_first_pays_first(ledger, three):
    key = ledger.spend(150)
    assert left(ledger, *three) == [0, 50, 100]
    assert list(LotUse.objects.filter(entry__key=key).order_by("pk").values_list("lot__entry__key", "points")) == [
        (three[0], 100),
        (three[1], 50),
    ]


def test_lots_that_lapse_together_pay_in_the_order_of_earning(ledger):
    later = ledger.earn(100, at=days(0))
    earlier = ledger.earn(100, at=days(-1))
    ledger.spend(150)
    assert left(ledger, earlier, later) == [0, 50]


def test_more_than_there_is_cannot_be_spent(ledger, three):
    with pytest.raises(InsufficientPoints):
        ledger.spend(301)
    assert ledger.sums == {"available": 300}


@pytest.mark.parametrize("terms", [{"waiting_for": "payment"}, {"active_at": days(1)}, {"expires_at": days(-1)}])
def test_points_that_wait_or_have_lapsed_cannot_be_spent(ledger, terms):
    ledger.earn(100, **terms)
    with pytest.raises(InsufficientPoints):
        ledger.spend(1)


def test_what_was_spent_goes_back_to_its_lots_with_their_own_expiry(ledger, three):
    ledger.restore(ledger.spend(150))
    assert left(ledger, *three) == [100, 100, 100]
    assert [ledger.lot(key).expires_at for key in three] == [days(1), days(2), days(3)]
    assert ledger.sums == {"available": 300}


def test_a_part_goes_back_to_the_lot_that_paid_last(ledger, three):
    key = ledger.spend(150)
    assert ledger.restore(key, 70) == (70, 0)
    assert left(ledger, *three) == [20, 100, 100]
    assert ledger.restore(key) == (80, 0)
    assert left(ledger, *three) == [100, 100, 100]


def test_nothing_is_given_back_twice(ledger, three):
    key = ledger.spend(150)
    ledger.restore(key, 100)
    with pytest.raises(NothingToRestore):
        ledger.restore(key, 51)
    ledger.restore(key)
    with pytest.raises(NothingToRestore):
        ledger.restore(key)


def test_what_lapsed_meanwhile_lives_on_for_the_grace_of_the_wallet(ledger, three):
    key = ledger.spend(150)
    assert ledger.restore(key, now=days(1)) == (150, 0)
    assert left(ledger, *three) == [0, 100, 100]
    assert ledger.read(days(1))[0] == 300
    assert ledger.read(days(4))[0] == 100
    assert ledger.read(days(32))[0] == 0


def test_without_grace_what_lapsed_meanwhile_stays_lost(new_ledger):
    ledger = new_ledger(restore_grace_days=0)
    ledger.earn(100, expires_at=days(1))
    ledger.earn(100, expires_at=days(9))
    assert ledger.restore(ledger.spend(150), now=days(1)) == (50, 100)
    assert ledger.sums == {"available": 100}


def test_points_that_come_back_repay_a_debt_first(ledger):
    spent = ledger.earn(100)
    key = ledger.spend(100)
    ledger.take_back(spent, 60)
    assert ledger.sums == {"owed": 60}
    ledger.restore(key)
    assert ledger.sums == {"available": 40}
    assert ledger.lot(spent).remaining == 40


def test_waiting_points_become_spendable_when_their_cause_has_come(ledger):
    paid, other = ledger.earn(100, waiting_for="payment"), ledger.earn(10, waiting_for="payment")
    by_email = ledger.earn(1, waiting_for="email")
    assert ledger.release([paid, by_email], "payment") == {ledger.customer.pk: 100}
    assert ledger.sums == {"available": 100, "pending": 11}
    assert ledger.release([paid], "payment") == {}
    assert ledger.lot(other).waiting_for == "payment"


def test_it_is_told_whether_days_are_waited_for_besides_and_nothing_of_points_that_are_gone(new_ledger):
    ledger = new_ledger(pending_days=14)
    bought, returned = ledger.earn(100, waiting_for="payment"), ledger.earn(10, waiting_for="payment")
    at_once = ledger.earn(5, waiting_for="payment", expires_at=None)
    ledger.take_back(returned, 10)
    with ledger.book() as book:
        keys = [bought, returned, at_once]
        assert release_waiting(book=book, keys=keys, waiting_for="payment", days={at_once: 0}) == {
            ledger.customer.pk: 105
        }
    told = Event.objects.filter(type="points.confirmed").order_by("sequence").values_list("payload", flat=True)
    assert [(each["points"], each["pending"]) for each in told] == [(100, True), (5, False)]
    assert ledger.sums == {"available": 5, "pending": 100}
