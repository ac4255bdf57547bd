"""What happens by itself: points lapse on the books too, and customers are told before."""

from datetime import timedelta

import pytest

from credits.models import Account, ExpiryNotice, Lot
from credits.services.sweeping import notify_expiring, settle_due
from referrals.models import Event
from tests.factories.referrals import NOON


def days(count):
    return NOON + timedelta(days=count)


def told(type_):
    return list(Event.objects.filter(type=type_).order_by("id").values_list("payload__points", "payload__lead_days"))


def test_accounts_are_settled_once_their_time_has_come(new_ledger):
    ledgers = [new_ledger() for _ in range(2)]
    for ledger in ledgers:
        ledger.earn(100, expires_at=days(1))
        ledger.earn(10, active_at=days(1))
    assert settle_due(now=days(1) - timedelta(minutes=5)) == 0
    assert settle_due(now=days(6)) == 2
    assert settle_due(now=days(6)) == 0
    ledgers[0].settle(now=days(6))
    assert [ledger.sums for ledger in ledgers] == [{"available": 10}] * 2
    assert Account.objects.filter(next_change_at__isnull=False).count() == 0


def test_an_account_that_cannot_be_settled_does_not_stop_the_others(new_ledger, caplog):
    broken, sound = new_ledger(), new_ledger()
    for ledger in (broken, sound):
        ledger.earn(100, expires_at=days(1))
    key = f"expire:{broken.lot('award:1').pk}:100"
    broken.earn(1, key)
    assert settle_due(now=days(1)) == 1
    assert sound.sums == {}
    assert f"customer {broken.customer.pk}" in caplog.text


def test_points_that_will_lapse_are_announced_30_and_7_days_before_each_once(ledger):
    ledger.earn(100, expires_at=days(40))
    ledger.earn(50, expires_at=days(40))
    ledger.earn(7, expires_at=days(100))
    for day in (1, 9, 10, 10, 11, 32, 33, 34, 39):
        notify_expiring(now=days(day))
    assert told("points.expiring") == [(150, 30), (150, 7)]
    assert ExpiryNotice.objects.count() == 2


def test_what_was_spent_before_is_not_announced(ledger):
    ledger.earn(100, expires_at=days(20))
    ledger.spend(100)
    notify_expiring(now=days(1))
    assert told("points.expiring") == []


def test_points_that_lapse_before_the_first_sweep_are_announced_once_by_the_notice_that_still_fits(ledger):
    ledger.earn(100, expires_at=days(5))
    for day in (0, 1):
        notify_expiring(now=days(day))
    assert told("points.expiring") == [(100, 7)]


@pytest.mark.parametrize("rows", [1, 40])
def test_settling_costs_the_same_number_of_statements_for_many_lots(ledger, rows, django_assert_max_num_queries):
    for _ in range(rows):
        ledger.earn(1, active_at=days(1))
    with django_assert_max_num_queries(20):
        settle_due(now=days(1))
    assert Lot.objects.count() == rows
    ledger.settle(now=days(1))
