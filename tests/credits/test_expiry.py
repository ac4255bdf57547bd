"""When points lapse, by each of the wallet's rules; and from when they can be spent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.lib.dates import end_of_day
from credits.services.book import Term
from tests.factories.referrals import NOON

MICROSECOND = timedelta(microseconds=1)


def utc(day):
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def end_of(day, zone="UTC"):
    return end_of_day(date.fromisoformat(day), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("rule", "earned", "last_day"),
    [
        ({"expiry_rule": "end_of_month", "expiry_months": 1}, "2026-01-31T12:00", "2026-02-28"),
        ({"expiry_rule": "end_of_month", "expiry_months": 24}, "2024-02-29T12:00", "2026-02-28"),
        ({"expiry_rule": "end_of_quarter", "expiry_months": 12}, "2026-01-01T00:00", "2027-03-31"),
        ({"expiry_rule": "end_of_quarter", "expiry_months": 1}, "2026-12-31T23:59:59.999999", "2027-03-31"),
        ({"expiry_rule": "end_of_year", "expiry_months": 12}, "2026-12-31T23:59:59.999999", "2027-12-31"),
        ({"expiry_rule": "end_of_year", "expiry_months": 12}, "2027-01-01T00:00", "2028-12-31"),
        ({"expiry_rule": "fixed_day", "expiry_day": "03-31"}, "2026-03-31T12:00", "2026-03-31"),
        ({"expiry_rule": "fixed_day", "expiry_day": "03-31"}, "2026-04-01T12:00", "2027-03-31"),
        ({"expiry_rule": "fixed_day", "expiry_day": "03-31", "expiry_months": 12}, "2026-04-01T12:00", "2028-03-31"),
        ({"expiry_rule": "fixed_day", "expiry_day": "02-29"}, "2027-02-28T12:00", "2027-02-28"),
        ({"expiry_rule": "fixed_day", "expiry_day": "02-29"}, "2027-03-01T12:00", "2028-02-29"),
    ],
)
def test_points_lapse_by_the_rule_of_their_wallet(new_ledger, rule, earned, last_day):
    ledger = new_ledger(**rule)
    assert ledger.lot(ledger.earn(100, at=utc(earned))).expires_at == end_of(last_day)


def test_the_month_ends_where_the_merchant_is(new_ledger):
    ledger = new_ledger(expiry_rule="end_of_month", expiry_months=1, time_zone="America/New_York")
    key = ledger.earn(100, at=utc("2026-02-01T04:59"))
    assert ledger.lot(key).expires_at == end_of("2026-02-28", "America/New_York")


def test_points_can_be_spent_up_to_the_moment_they_lapse_and_not_at_it(new_ledger):
    ledger = new_ledger(expiry_months=24)
    end = ledger.lot(ledger.earn(100)).expires_at
    assert ledger.read(end - MICROSECOND)[0] == 100
    assert ledger.read(end)[0] == 0
    ledger.spend(1, now=end - MICROSECOND)
    assert ledger.read(end)[0] == 0


def test_what_lapses_is_an_entry_of_its_own_for_each_lot(ledger):
    keys = [ledger.earn(points, expires_at=NOON + timedelta(days=days)) for points, days in ((100, 1), (50, 2))]
    ledger.earn(7)
    ledger.settle(now=NOON + timedelta(days=2))
    ledger.settle(now=NOON + timedelta(days=2))
    assert ledger.posted("expired") == [-100, -50]
    assert [ledger.lot(key).remaining for key in keys] == [0, 0]
    assert ledger.sums == {"available": 7}


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=5)], ids=["on the day", "five days late"])
def test_whoever_posts_next_finds_lapsed_points_gone_already(ledger, late):
    ledger.earn(100, expires_at=NOON + timedelta(days=1))
    ledger.earn(10, now=NOON + timedelta(days=1) + late)
    assert ledger.sums == {"available": 10}


def test_where_points_lapse_by_inactivity_each_purchase_lets_all_of_them_live_on(new_ledger):
    ledger = new_ledger(expiry_rule="inactivity", expiry_months=6)
    first = ledger.earn(100, at=utc("2026-01-10T12:00"), now=utc("2026-01-10T12:00"))
    assert ledger.lot(first).expires_at == end_of("2026-07-10")
    ledger.earn(10, at=utc("2026-06-30T12:00"), now=utc("2026-06-30T12:00"))
    assert ledger.lot(first).expires_at == end_of("2026-12-30")
    ledger.spend(5, now=utc("2026-08-01T12:00"))
    assert ledger.lot(first).expires_at == end_of("2027-02-01")
    assert ledger.read(end_of("2027-02-01"))[0] == 0


def test_a_purchase_that_arrives_late_takes_nobodys_time(new_ledger):
    ledger = new_ledger(expiry_rule="inactivity", expiry_months=6)
    key = ledger.earn(100)
    ledger.earn(10, at=NOON - timedelta(days=40))
    assert ledger.lot(key).expires_at == end_of("2027-05-20")


def test_never_is_an_expiry_too(new_ledger):
    ledger = new_ledger(expiry_months=24)
    assert ledger.lot(ledger.earn(100, expires_at=None)).expires_at is None
    assert ledger.lot(ledger.earn(100, expires_at=Term.OF_THE_WALLET)).expires_at == end_of("2028-11-20")


def test_points_wait_for_as_many_days_as_the_wallet_says(new_ledger):
    ledger = new_ledger(pending_days=14)
    ledger.earn(100)
    spendable = end_of("2026-12-04")
    assert ledger.sums == {"pending": 100}
    assert ledger.read(spendable - MICROSECOND)[:2] == (0, 100)
    assert ledger.read(spendable)[:2] == (100, 0)
    ledger.spend(100, now=spendable)
    assert ledger.sums == {}


def test_a_debt_is_repaid_at_the_moment_that_points_become_spendable(ledger):
    ledger.take_back(ledger.earn_and_spend(100), 100)
    ledger.earn(150, active_at=NOON + timedelta(days=1))
    assert ledger.read(NOON + timedelta(hours=1)) == (0, 150, 0, 100)
    assert ledger.read(NOON + timedelta(days=1)) == (50, 0, 0, 0)
    ledger.settle(now=NOON + timedelta(days=1))
    assert ledger.sums == {"available": 50}
