"""Points are promised to one purpose, and to no other; a hold ends once."""

from datetime import timedelta

import pytest

from credits.models import Hold
from credits.services.drawing import InsufficientPoints
from credits.services.holds import HoldConflict, HoldEnded
from tests.factories.referrals import NOON

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
END = NOON + HOUR


@pytest.fixture
def held(ledger):
    """100 points, of which 60 are held for an hour for the cart."""
    ledger.earn(100)
    ledger.hold(60, "cart", until=END)
    return ledger


def test_held_points_are_promised_to_nobody_else(held):
    assert held.sums == {"available": 40, "held": 60}
    with pytest.raises(InsufficientPoints):
        held.spend(41)
    with pytest.raises(InsufficientPoints):
        held.hold(41, "another cart", until=END)


def test_a_hold_writes_no_entry_and_its_capture_does(held):
    assert held.posted("redeemed") == []
    held.capture("cart")
    assert held.posted("redeemed") == [-60]
    assert held.sums == {"available": 40}


def test_a_part_is_captured_and_the_rest_is_free_again(held):
    held.capture("cart", 25)
    assert held.sums == {"available": 75}
    assert Hold.objects.get().captured_points == 25


def test_more_than_is_held_cannot_be_captured(held):
    for points in (61, 0, -1):
        with pytest.raises(HoldConflict):
            held.capture("cart", points)


def test_a_hold_that_is_released_is_free_again(held):
    held.unhold("cart")
    held.unhold("cart")
    assert held.sums == {"available": 100}


def test_a_hold_ends_once(held):
    held.capture("cart", 25)
    held.capture("cart", 25)
    assert held.posted("redeemed") == [-25]
    for end in (lambda: held.unhold("cart"), lambda: held.capture("cart", 60)):
        with pytest.raises(HoldEnded):
            end()
    assert held.sums == {"available": 75}


def test_asking_again_for_the_same_purpose_is_the_same_hold(held):
    held.hold(60, "cart", until=END + HOUR)
    assert held.sums == {"available": 40, "held": 60}
    with pytest.raises(HoldConflict):
        held.hold(59, "cart", until=END)


def test_a_hold_is_over_when_its_time_is_and_a_read_knows_it_before_anything_is_written(held):
    assert held.read(END - MICROSECOND) == (40, 0, 60, 0)
    assert held.read(END) == (100, 0, 0, 0)
    with pytest.raises(HoldEnded):
        held.capture("cart", now=END)
    held.settle(now=END)
    assert (Hold.objects.get().state, held.sums) == ("lapsed", {"available": 100})


def test_a_lot_that_was_wholly_held_pays_again_once_the_hold_is_over(ledger):
    ledger.earn(100)
    ledger.hold(100, "cart", until=END)
    ledger.spend(100, now=END)
    assert ledger.sums == {}


def test_what_a_hold_sets_free_is_spent_in_its_turn_and_repays_a_refund(ledger):
    soon = ledger.earn(100, expires_at=NOON + timedelta(days=1))
    late = ledger.earn(100, expires_at=NOON + timedelta(days=2))
    ledger.hold(100, "cart", until=END)
    ledger.spend(60, now=END)
    ledger.take_back(late, 100, now=END)
    assert ledger.sums == {"available": 40}
    assert ledger.lot(soon).remaining == 40


def test_a_hold_can_be_captured_to_the_last_moment(held):
    held.capture("cart", now=END - MICROSECOND)
    assert held.sums == {"available": 40}


def test_held_points_do_not_lapse_while_they_are_held(ledger):
    key = ledger.earn(100, expires_at=NOON + timedelta(days=1))
    ledger.hold(60, "cart", until=NOON + timedelta(days=3))
    ledger.settle(now=NOON + timedelta(days=2))
    assert (ledger.sums, ledger.posted("expired")) == ({"held": 60}, [-40])
    ledger.capture("cart", 20, now=NOON + timedelta(days=2))
    assert (ledger.sums, ledger.posted("expired")) == ({}, [-40, -40])
    assert ledger.lot(key).remaining == 0


def test_what_lapsed_while_it_was_held_is_gone_when_the_hold_is(ledger):
    ledger.earn(100, expires_at=NOON + timedelta(days=1))
    ledger.hold(60, "cart", until=NOON + timedelta(days=3))
    ledger.settle(now=NOON + timedelta(days=2))
    ledger.settle(now=NOON + timedelta(days=3))
    assert (ledger.sums, ledger.posted("expired")) == ({}, [-40, -60])


def test_a_refund_leaves_held_points_to_their_hold(ledger):
    key = ledger.earn(100)
    ledger.hold(60, "cart", until=END)
    ledger.take_back(key, 100)
    assert ledger.sums == {"held": 60, "owed": 60}
    ledger.unhold("cart")
    assert ledger.sums == {}


def test_a_customer_who_owes_can_have_no_hold(ledger):
    ledger.take_back(ledger.earn_and_spend(100), 100)
    with pytest.raises(InsufficientPoints):
        ledger.hold(1, "cart", until=END)
