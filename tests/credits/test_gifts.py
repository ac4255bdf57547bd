"""Points are given to somebody else."""

from datetime import UTC, datetime, timedelta

import pytest

from credits.models import Account, Lot
from credits.services.drawing import InsufficientPoints
from credits.services.transfers import TransferConflict, TransferLimitReached, TransfersOff, TransferToOneself
from tests.factories.referrals import NOON, CustomerFactory


@pytest.fixture
def generous(new_ledger):
    """A ledger with 300 points, of which 250 may be given away in a day."""
    ledger = new_ledger(transfer_day_max=250, time_zone="America/New_York")
    for days in (1, 2, 3):
        ledger.earn(100, expires_at=NOON + timedelta(days=days))
    return ledger


@pytest.fixture
def friend(generous):
    return CustomerFactory(merchant=generous.merchant)


def has(customer):
    return Account.objects.get(customer=customer).available


def test_points_go_from_one_to_the_other_and_keep_their_expiry(generous, friend):
    assert generous.give(150, friend)
    assert (generous.sums, has(friend)) == ({"available": 150}, 150)
    lots = Lot.objects.filter(account__customer=friend).order_by("expires_at")
    assert list(lots.values_list("granted", "expires_at")) == [
        (100, NOON + timedelta(days=1)),
        (50, NOON + timedelta(days=2)),
    ]


def test_a_gift_is_given_once(generous, friend):
    assert [generous.give(150, friend, key="birthday") for _ in range(2)] == [True, False]
    assert has(friend) == 150
    with pytest.raises(TransferConflict):
        generous.give(151, friend, key="birthday")
    with pytest.raises(TransferConflict):
        generous.give(150, CustomerFactory(merchant=generous.merchant), key="birthday")


def test_nobody_gives_to_themselves(generous):
    with pytest.raises(TransferToOneself):
        generous.give(1, generous.customer)


def test_nobody_gives_more_than_they_have(generous, friend):
    generous.spend(200)
    with pytest.raises(InsufficientPoints):
        generous.give(101, friend)


def test_a_day_has_its_limit_and_begins_anew_where_the_merchant_is(generous, friend):
    generous.earn(1000)
    generous.give(150, friend)
    with pytest.raises(TransferLimitReached):
        generous.give(101, friend)
    generous.give(100, friend)
    midnight = datetime(2026, 11, 21, 5, tzinfo=UTC)
    with pytest.raises(TransferLimitReached):
        generous.give(1, friend, now=midnight - timedelta(microseconds=1))
    generous.give(250, friend, now=midnight)
    assert has(friend) == 500


def test_a_programme_without_gifts_has_none(ledger):
    ledger.earn(100)
    with pytest.raises(TransfersOff):
        ledger.give(1, CustomerFactory(merchant=ledger.merchant))
