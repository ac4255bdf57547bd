"""What is owed in points: by age, with what will probably lapse, and how it moved; counted again in plain Python."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lib.dates import add_months
from credits.services.liability import AGES_IN_MONTHS, read_liability
from tests.factories.credits import AccountFactory, EntryFactory, HeldLotFactory, LotFactory, LotUseFactory
from tests.factories.referrals import NOON

pytestmark = pytest.mark.django_db(transaction=True)  # A report is one snapshot, which begins its own transaction.
MONTH_AGO = NOON - timedelta(days=30)


def months_ago(months, days=0):
    day = add_months(NOON.date(), -months) - timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=NOON.tzinfo)


class Shop:
    """A merchant's ledger, written row by row, and the same kept in lists."""

    def __init__(self, **terms):
        self.account = AccountFactory(wallet__point_value=Decimal("0.5"), **terms)
        self.entries = []
        self.lots = []

    def post(self, points, kind, at, **values):
        self.entries.append((points, kind, at))
        return EntryFactory(account=self.account, points=points, kind=kind, occurred_at=at, posted_at=at, **values)

    def earn(self, points, at, *, left=None, lives=24, **lot):
        """Earned points, of which some are left; they live for so many months (None: for ever)."""
        expires_at = lives and at + timedelta(days=30 * lives)
        entry = self.post(points, "earned", at)
        remaining = points if left is None else left
        made = LotFactory(
            entry=entry, remaining=remaining, earned_at=at, expires_at=expires_at, **{"active_at": at} | lot
        )
        self.lots.append(made)
        return made

    def use(self, lot, points, kind, at):
        """A lot pays for something, or gets back what it paid (negative)."""
        LotUseFactory(lot=lot, entry=self.post(-points, kind, at), points=points)

    def report(self, start=MONTH_AGO, end=NOON):
        return read_liability(wallet=self.account.wallet, start=start, end=end, now=NOON)


@pytest.fixture
def shop(db):
    return Shop()


def ages(report, figure):
    return {band.months[0]: value for band in report.bands if (value := getattr(band, figure))}


def test_points_stand_by_the_age_of_their_lots(shop):
    for points, months, days in (
        (1, 0, 0),
        (10, 2, 25),
        (100, 3, 1),
        (1_000, 12, 1),
        (10_000, 23, 0),
        (100_000, 40, 0),
    ):
        shop.earn(points, months_ago(months, days), lives=100)
    assert ages(shop.report(), "available") == {0: 11, 3: 100, 12: 11_000, 24: 100_000}


def test_pending_held_lapsed_and_lasting_points_stand_apart(shop):
    shop.earn(1, NOON, active_at=None, waiting_for="payment")
    shop.earn(10, NOON, active_at=NOON + timedelta(days=1))
    held = shop.earn(100, NOON, lives=None, held=60)
    HeldLotFactory(lot=held, points=60)
    shop.earn(1_000, months_ago(30))

    report = shop.report()

    (youngest, *_) = report.bands
    assert (youngest.available, youngest.pending, youngest.held, youngest.lasting) == (40, 11, 60, 100)
    assert (report.points, report.lapsed, report.difference) == (111, 1_000, 0)


def test_a_hold_whose_time_is_over_holds_nothing(shop):
    HeldLotFactory(lot=shop.earn(100, NOON, held=60), points=60, hold__expires_at=NOON)
    assert shop.report().bands[0].available == 100


def test_what_customers_owe_is_less_to_owe_them(shop):
    shop.post(-70, "reversed", NOON)
    shop.account.owed = 70
    shop.account.save()
    report = shop.report()
    assert (report.points, report.owed, report.booked, report.difference) == (0, 70, -70, 0)


def test_broken_books_are_said_to_be_broken(shop):
    shop.earn(100, NOON, left=99)
    assert shop.report().difference == 1


def test_money_is_rounded_to_the_nearest_minor_unit(shop):
    report = shop.report()
    assert [report.value_of(points) for points in (0, 1, 2, 3, -1)] == [0, 1, 1, 2, -1]


def test_the_share_that_lapses_is_that_of_points_which_left_at_this_age_or_older(shop):
    shop.use(shop.earn(100, months_ago(10), left=60), 40, "redeemed", months_ago(9))  # One month old.
    shop.use(shop.earn(100, months_ago(30, 1), left=0), 100, "expired", months_ago(6))  # 24 months old.
    shop.use(shop.earn(100, months_ago(13, 1), left=40), 60, "redeemed", months_ago(1))  # Twelve.

    rates = {band.months[0]: band.rate for band in shop.report().bands}

    assert rates == {0: Fraction(100, 200), 3: Fraction(100, 160), 6: Fraction(100, 160), 12: Fraction(100, 160), 24: 1}
    assert ages(shop.report(), "breakage") == {6: 37 + 1, 12: 25}


def test_points_that_came_back_were_not_spent(shop):
    lot = shop.earn(100, months_ago(10), left=70)
    shop.use(lot, 50, "redeemed", months_ago(9))
    shop.use(lot, -20, "restored", months_ago(8))
    shop.use(shop.earn(10, months_ago(25), left=0), 10, "expired", months_ago(1))
    assert shop.report().bands[0].rate == Fraction(10, 10 + 50 - 20)


def test_what_left_long_ago_or_never_could_lapse_tells_nothing(shop):
    shop.use(shop.earn(100, months_ago(20), left=60), 40, "redeemed", months_ago(13))
    shop.use(shop.earn(100, months_ago(9), left=60, lives=None), 40, "redeemed", months_ago(1))
    report = shop.report()
    assert {band.rate for band in report.bands} == {None}
    assert report.bands[0].breakage == 0, "nothing is there that could lapse"
    assert report.breakage is None


def test_a_period_begins_with_its_first_moment_and_ends_before_the_next(shop):
    for points, at in ((1, MONTH_AGO - timedelta(microseconds=1)), (10, MONTH_AGO), (100, NOON)):
        shop.earn(points, at)
    report = shop.report()
    assert (report.opening, report.closing, report.booked) == (1, 11, 111)
    assert sum(move.came for move in report.movements) == 10


def test_another_wallet_is_another_report(shop):
    other = Shop()
    other.use(other.earn(100, months_ago(2), left=60), 40, "redeemed", months_ago(1))
    report = shop.report()
    assert (report.points, report.booked, report.bands[0].rate) == (0, 0, None)


def write_history(shop, chance, lots):
    """Lots of all ages, of which parts were spent, came back, or lapsed."""
    for _ in range(lots):
        earned_at = NOON - timedelta(days=chance.randrange(1000), hours=chance.randrange(24))
        lot = shop.earn(chance.randint(1, 500), earned_at, lives=chance.choice([None, 12, 24]))
        for kind in chance.choices(["redeemed", "expired", "restored", "reversed", "adjusted", "transferred"], k=3):
            used = -(lot.granted - lot.remaining) if kind == "restored" else min(chance.randint(1, 200), lot.remaining)
            if used:
                shop.use(lot, used, kind, earned_at + (NOON - earned_at) * chance.random())
                lot.remaining -= used
        lot.save()


@pytest.mark.parametrize("seed", range(3))
def test_a_report_says_what_plain_python_counts(seed):
    chance = random.Random(seed)
    shop = Shop(customer__merchant__time_zone="Pacific/Auckland")
    write_history(shop, chance, 40)
    start, end = sorted(NOON - timedelta(days=chance.randrange(900)) for _ in range(2))

    report = shop.report(start, end)

    zone = ZoneInfo("Pacific/Auckland")
    days = [add_months(NOON.astimezone(zone).date(), -months) for months in AGES_IN_MONTHS[1:]]
    expected = [0] * len(AGES_IN_MONTHS)
    for lot in shop.lots:
        if lot.expires_at is None or lot.expires_at > NOON:
            expected[sum(lot.earned_at.astimezone(zone).date() < day for day in days)] += lot.remaining
    assert [band.points for band in report.bands] == expected
    for move in report.movements:
        within = [points for points, kind, at in shop.entries if kind == move.kind and start <= at < end]
        assert move.came == sum(points for points in within if points > 0)
        assert move.went == -sum(points for points in within if points < 0)
    assert report.closing == sum(points for points, _, at in shop.entries if at < end)
    assert report.opening + sum(move.came - move.went for move in report.movements) == report.closing
    assert report.difference == 0


def test_a_report_takes_as_many_statements_at_any_size(shop):
    shop.earn(100, NOON)
    with CaptureQueriesContext(connection) as small:
        shop.report()
    write_history(shop, random.Random(1), 30)
    with CaptureQueriesContext(connection) as large:
        shop.report()
    assert len(small) == len(large)
