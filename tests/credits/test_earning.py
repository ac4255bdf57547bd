"""Points are earned: an entry, its lot, and until when it can be spent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from config.lib.dates import add_months, end_of_day
from credits.models import Entry, Lot
from credits.services.posting import lock_accounts
from referrals.models import Event
from tests.credits.ledger import cause_of
from tests.factories.referrals import NOON, CustomerFactory

ZONES = (
    "UTC",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
)
MICROSECOND = timedelta(microseconds=1)


def test_points_make_an_entry_with_a_lot_of_as_many(ledger):
    key = ledger.earn(100)
    entry = Entry.objects.get(key=key)
    assert (entry.points, entry.kind, entry.occurred_at, entry.posted_at) == (100, "earned", NOON, NOON)
    assert (entry.lot.granted, entry.lot.remaining, entry.lot.active_at) == (100, 100, NOON)
    assert ledger.sums == {"available": 100}
    assert ledger.account.lifetime_points == 100


def test_every_entry_of_a_batch_has_its_own_lot(ledger):
    with ledger.book() as book:
        for points in (1, 20, 300):
            book.earn(ledger.customer.pk, points, cause_of(f"award:{points}"))
    assert list(Lot.objects.order_by("pk").values_list("granted", "entry__key")) == [
        (1, "award:1"),
        (20, "award:20"),
        (300, "award:300"),
    ]
    assert ledger.sums == {"available": 321}


def test_the_same_cause_has_no_second_effect(ledger):
    ledger.earn(100, "award:once")
    with pytest.raises(IntegrityError, match="entry_one_effect_per_cause"):
        ledger.earn(100, "award:once")
    assert ledger.sums == {"available": 100}


def test_an_entry_keeps_why_it_was_made_in_ids_and_codes_alone(ledger):
    ledger.earn(100, "award:1")
    entry = Entry.objects.get()
    assert (entry.source_type, entry.source_id, entry.evaluation_id) == ("purchase", 1, 1)
    assert (entry.reason, entry.reason_args, entry.actor) == ("purchase.completed", {}, "engine")


def test_earning_is_told_with_the_number_of_the_account(ledger):
    ledger.earn(100)
    ledger.earn(50, waiting_for="payment")
    told = Event.objects.filter(subject_type="account", subject_id=ledger.account.pk).order_by("sequence")
    assert [(event.sequence, event.type, event.payload) for event in told] == [
        (1, "points.earned", {"points": 100, "reason": "purchase.completed", "pending": False}),
        (2, "points.earned", {"points": 50, "reason": "purchase.completed", "pending": True}),
    ]


def test_pending_points_wait_for_their_cause(ledger):
    lot = ledger.lot(ledger.earn(100, waiting_for="payment"))
    assert (lot.active_at, lot.waiting_for) == (None, "payment")
    assert ledger.sums == {"pending": 100}
    assert ledger.balance(NOON) == (0, 100)


def test_points_of_a_purchase_that_is_dated_ahead_are_there_at_once(ledger):
    tomorrow = NOON + timedelta(days=1)
    key = ledger.earn(100, at=tomorrow)
    assert ledger.balance(NOON) == (100, 0)
    assert ledger.take_back(key, 100) == 100
    assert ledger.sums == {}


def test_without_a_term_points_never_expire(ledger):
    assert ledger.lot(ledger.earn(100)).expires_at is None
    assert ledger.account.next_change_at is None


@pytest.mark.parametrize(
    ("earned", "last_day"),
    [
        ("2024-02-29T12:00Z", "2026-02-28"),
        ("2023-03-01T00:00Z", "2025-03-01"),
        ("2024-02-28T12:00Z", "2026-02-28"),
        ("2022-02-28T12:00Z", "2024-02-28"),
        ("2024-12-31T23:59:59.999999Z", "2026-12-31"),
        ("2026-11-30T12:00Z", "2028-11-30"),
    ],
)
def test_points_can_be_spent_to_the_end_of_the_day_24_calendar_months_later(new_ledger, earned, last_day):
    ledger = new_ledger(expiry_months=24)
    earned, end = datetime.fromisoformat(earned), end_of_day(date.fromisoformat(last_day), ZoneInfo("UTC"))
    lot = ledger.lot(ledger.earn(100, at=earned))
    assert lot.expires_at == end == ledger.account.next_change_at
    assert ledger.balance(end - MICROSECOND) == (100, 0)
    assert ledger.balance(end) == (0, 0)


@pytest.mark.parametrize("session_zone", ZONES)
@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("UTC", "2026-03-01T00:00Z"),
        ("America/New_York", "2026-03-01T05:00Z"),
        ("Asia/Kolkata", "2026-02-28T18:30Z"),
        ("Asia/Kathmandu", "2026-02-28T18:15Z"),
        ("Australia/Lord_Howe", "2026-02-28T13:00Z"),
        ("Pacific/Kiritimati", "2026-03-01T10:00Z"),
    ],
)
def test_the_day_ends_in_the_merchants_zone_whatever_the_sessions_is(new_ledger, zone, end, session_zone):
    ledger = new_ledger(expiry_months=24, time_zone=zone)
    with timezone.override(session_zone), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, false)", [session_zone])
        key = ledger.earn(100, at=datetime(2024, 2, 29, 12, tzinfo=UTC))
        cursor.execute("SET TimeZone TO 'UTC'")
    assert ledger.lot(key).expires_at == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-08-31", 6, "2026-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2026-10-31", 25, "2028-11-30"),
    ],
)
def test_a_month_that_has_no_such_day_ends_earlier(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_ends_where_the_next_begins_through_every_change_of_the_clock(zone):
    zone = ZoneInfo(zone)
    for number in range(730):
        day = date(2026, 1, 1) + timedelta(days=number)
        end = end_of_day(day, zone).astimezone(UTC)
        assert end.astimezone(zone).date() == day + timedelta(days=1)
        assert (end - MICROSECOND).astimezone(zone).date() == day


def test_the_same_instant_expires_later_where_the_day_ends_later(new_ledger):
    earned = datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("America/New_York"))
    ends = {"America/New_York": datetime(2028, 11, 21, 5, tzinfo=UTC), "UTC": datetime(2028, 11, 22, tzinfo=UTC)}
    for zone, end in ends.items():
        ledger = new_ledger(expiry_months=24, time_zone=zone)
        assert ledger.lot(ledger.earn(100, at=earned)).expires_at == end


def test_an_expiry_of_its_own_overrides_the_wallets(new_ledger):
    ledger = new_ledger(expiry_months=24)
    christmas = datetime(2026, 12, 25, tzinfo=UTC)
    assert ledger.lot(ledger.earn(100, expires_at=christmas)).expires_at == christmas


def test_an_account_knows_the_earliest_expiry_among_its_lots(new_ledger):
    ledger = new_ledger(expiry_months=1)
    ledger.earn(1, at=NOON)
    ledger.earn(1, at=NOON - timedelta(days=10))
    ledger.earn(1, at=NOON + timedelta(days=10))
    assert ledger.account.next_change_at == datetime(2026, 12, 11, tzinfo=UTC)


def test_an_account_is_made_once_and_locked_in_the_order_of_ids(ledger):
    friends = [CustomerFactory(merchant=ledger.merchant).pk for _ in range(5)]
    with ledger.book() as book:
        first = lock_accounts(terms=book.terms, customer_ids=reversed(friends))
        again = lock_accounts(terms=book.terms, customer_ids=friends)
    assert [account.is_new for account in first.values()] == [True] * 5
    assert [account.is_new for account in again.values()] == [False] * 5
    ids = [account.id for account in again.values()]
    assert ids == sorted(account.id for account in first.values()) == sorted(ids)
