"""What counts towards a tier: for ever, for twelve months, or in the calendar year of the merchant's zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.factories.referrals import NOON

ZONES = (
    "America/New_York", "America/Sao_Paulo", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"
)  # fmt: skip
INSTANT = timedelta(microseconds=1)
ENOUGH = {"spend": 500_00, "orders": 5}


def local(zone, *when):
    return datetime(*when, tzinfo=ZoneInfo(zone))


@pytest.fixture
def rolling(new_ledger):
    return lambda zone="UTC", **terms: new_ledger(time_zone=zone, tier_window="rolling_year", **terms)


@pytest.fixture
def calendar(new_ledger):
    return lambda zone="UTC", **terms: new_ledger(time_zone=zone, tier_window="calendar_year", **terms)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("now", "a_year_ago"),
    [
        ((2026, 11, 20, 12), (2025, 11, 20, 12)),
        ((2024, 2, 29, 12), (2023, 2, 28, 12)),
        ((2025, 2, 28, 12), (2024, 2, 28, 12)),
        ((2025, 3, 1, 0), (2024, 3, 1, 0)),
        ((2026, 3, 29, 3, 30), (2025, 3, 29, 3, 30)),
        ((2026, 3, 30, 2, 30), (2025, 3, 30, 2, 30)),
        ((2026, 10, 26, 2, 30), (2025, 10, 26, 2, 30)),
    ],
)
def test_the_last_twelve_months_begin_after_the_same_hour_a_year_ago(rolling, zone, now, a_year_ago):
    now, edge = local(zone, *now), local(zone, *a_year_ago)
    outside, inside = rolling(zone), rolling(zone)
    outside.buy(**ENOUGH, at=edge, now=now)
    inside.buy(**ENOUGH, at=edge + INSTANT, now=now)
    assert (outside.tier, inside.tier) == ("bronze", "silver")


@pytest.mark.parametrize("zone", ZONES)
def test_the_calendar_year_begins_at_midnight_of_the_merchants_zone(calendar, zone):
    now, edge = local(zone, 2026, 1, 1, 9), local(zone, 2026, 1, 1)
    outside, inside = calendar(zone), calendar(zone)
    outside.buy(**ENOUGH, at=edge - INSTANT, now=now)
    inside.buy(**ENOUGH, at=edge, now=now)
    assert (outside.tier, inside.tier) == ("bronze", "silver")


def test_for_ever_everything_counts(new_ledger):
    ledger = new_ledger(tier_window="lifetime")
    ledger.buy(499_99, orders=4, at=local("UTC", 1997, 1, 1))
    ledger.buy(1)
    assert (ledger.tier, ledger.account.tier_review_at) == ("silver", None)


def test_what_is_dated_a_moment_ahead_counts_at_once(rolling, calendar):
    for ledger in (rolling(), calendar()):
        ledger.buy(**ENOUGH, at=NOON + timedelta(minutes=1), now=NOON)
        assert ledger.tier == "silver"


def test_earlier_rows_and_those_of_the_same_batch_count_together(rolling):
    ledger = rolling()
    ledger.buy(250_00, orders=2, at=NOON - timedelta(days=300))
    ledger.buy(999_00, orders=9, at=NOON - timedelta(days=400))
    with ledger.book() as book:
        assert ledger.qualify(book, 101, spend=249_99, orders=2) is None
        assert ledger.qualify(book, 102, spend=900_00, orders=9, at=NOON - timedelta(days=366)) is None
        move = ledger.qualify(book, 103, spend=1, orders=1)
    assert move.to_tier.code == "silver"


def test_a_window_costs_one_statement_a_batch_and_a_lifetime_none(rolling, new_ledger, monkeypatch):
    sent, execute = [], psycopg.Cursor.execute
    for ledger, statements in ((rolling(), 1), (new_ledger(), 0)):
        with ledger.book() as book, monkeypatch.context() as watched:
            watched.setattr(psycopg.Cursor, "execute", lambda *args, **kw: (sent.append(args), execute(*args, **kw))[1])
            for number in range(3):
                ledger.qualify(book, number, spend=100)
        assert len(sent) == statements
        sent.clear()


def test_a_late_purchase_counts_only_in_the_window_of_its_day(calendar):
    ledger = calendar()
    ledger.buy(400_00, orders=4, at=local("UTC", 2025, 12, 1), now=local("UTC", 2025, 12, 1))
    now = local("UTC", 2026, 1, 3)
    ledger.buy(100_00, at=local("UTC", 2025, 12, 31), now=now)
    assert ledger.tier == "bronze"
    ledger.buy(**ENOUGH, at=now, now=now)
    assert ledger.account.tier_since == now


def test_what_is_refunded_counts_no_longer_in_its_window(rolling):
    ledger = rolling()
    ledger.buy(500_00, orders=4, at=NOON - timedelta(days=10))
    ledger.buy(-500_00, orders=-4, at=NOON - timedelta(days=10))
    ledger.buy(400_00, orders=5)
    assert ledger.tier == "bronze"
