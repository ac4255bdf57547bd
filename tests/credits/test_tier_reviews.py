"""Reviews: a tier lasts its term; whoever does not keep it is warned, has the days of grace, and falls."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from credits.models import TierMove
from credits.selectors.tiers import Claims
from credits.services.realigning import realign_tiers
from referrals.models import Event
from tests.factories.referrals import CustomerFactory

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
REACHED = datetime(2026, 3, 10, 15, tzinfo=UTC)
SILVER = {"spend": 500_00, "orders": 5}
GOLD = {"spend": 1500_00, "orders": 15, "points": 1000}


def utc(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.fixture
def yearly(new_ledger):
    """A ledger whose tiers count for twelve months, with thirty days of grace."""

    def make(reached=SILVER, *, at=REACHED, window="rolling_year", **terms):
        ledger = new_ledger(tier_window=window, **terms)
        ledger.buy(**reached, at=at, now=at)
        return ledger

    return make


REVIEW, FALL = utc(2027, 3, 11), utc(2027, 4, 11)
"""Of a tier that was reached on 10 March 2026, and kept by nothing since."""


@pytest.mark.parametrize(
    ("zone", "reached", "review"),
    [
        ("UTC", (2026, 3, 10), (2027, 3, 11)),
        ("America/New_York", (2026, 3, 10), (2027, 3, 11)),
        ("Europe/Berlin", (2024, 2, 29), (2025, 3, 1)),
        ("Asia/Kolkata", (2023, 2, 28), (2024, 2, 29)),
        ("Australia/Lord_Howe", (2025, 10, 4), (2026, 10, 5)),
        ("Pacific/Apia", (2025, 12, 31), (2027, 1, 1)),
    ],
)
def test_twelve_months_end_with_the_day_in_the_merchants_zone(yearly, zone, reached, review):
    zone = ZoneInfo(zone)
    ledger = yearly(at=datetime(*reached, 23, 59, tzinfo=zone), time_zone=str(zone))
    assert ledger.account.tier_review_at == datetime(*review, tzinfo=zone)


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Europe/Berlin", "Pacific/Apia"])
@pytest.mark.parametrize("reached", [(2026, 1, 1), (2026, 12, 31)])
def test_a_calendar_tier_lasts_through_the_year_after_it_was_reached(yearly, zone, reached):
    at = datetime(*reached, 0, 30, tzinfo=ZoneInfo(zone))
    ledger = yearly(at=at, window="calendar_year", time_zone=zone)
    assert ledger.account.tier_review_at == datetime(2028, 1, 1, tzinfo=ZoneInfo(zone))


def test_nothing_is_reviewed_before_its_time(yearly):
    ledger = yearly()
    assert ledger.review(REVIEW - INSTANT) == 0
    assert (ledger.tier, ledger.told) == ("silver", ["changed"])


def test_a_tier_that_is_earned_again_is_kept_for_another_term(yearly):
    ledger = yearly()
    ledger.buy(**SILVER, at=REACHED + DAY, now=REACHED + DAY)
    assert ledger.review(REVIEW) == 1
    assert (ledger.tier, ledger.told) == ("silver", ["changed"])
    assert ledger.account.tier_review_at == utc(2028, 3, 11)


def test_the_day_on_which_it_was_reached_does_not_keep_it(yearly):
    ledger = yearly()
    ledger.buy(**SILVER, at=REVIEW - timedelta(days=365) - INSTANT, now=REACHED + DAY)
    ledger.review(REVIEW)
    assert ledger.told == ["changed", "expiring"]


def test_who_does_not_keep_it_is_warned_and_told_what_is_missing(yearly):
    ledger = yearly()
    ledger.buy(120_00, at=REVIEW - DAY, now=REVIEW - DAY)
    ledger.review(REVIEW)
    payload = Event.objects.get(type="tier.expiring").payload
    assert payload["missing"] == {"spend": 380_00, "orders": 4, "points": 0}
    assert datetime.fromisoformat(payload["until"]) == FALL == ledger.account.tier_review_at
    assert (ledger.tier, ledger.account.tier_warned_at) == ("silver", REVIEW)
    assert ledger.progress(REVIEW).missing_to_keep == Claims(380_00, 4, 0)


def test_after_the_days_of_grace_they_fall_and_it_is_told(yearly):
    ledger = yearly()
    ledger.review(REVIEW)
    assert ledger.review(FALL - INSTANT) == 0
    assert ledger.review(FALL) == 1
    assert ledger.told == ["changed", "expiring", "changed"]
    last = TierMove.objects.latest("id")
    assert (last.to_tier.code, last.reason, last.effective_at) == ("bronze", "reviewed", FALL)
    assert (ledger.account.tier_review_at, ledger.account.tier_warned_at) == (None, None)


def test_what_was_missing_can_be_made_good_in_the_days_of_grace(yearly):
    ledger = yearly()
    ledger.buy(400_00, orders=4, at=REACHED + 2 * DAY, now=REACHED + 2 * DAY)
    ledger.review(REVIEW)
    ledger.buy(100_00, at=FALL - DAY, now=FALL - DAY)
    assert ledger.progress(FALL - DAY).missing_to_keep == Claims()
    ledger.review(FALL)
    assert (ledger.tier, ledger.told) == ("silver", ["changed", "expiring", "kept"])
    assert (ledger.account.tier_review_at, ledger.account.tier_warned_at) == (utc(2028, 3, 11), None)


@pytest.mark.parametrize(("downgrade", "tier"), [("one_down", "silver"), ("to_reached", "bronze"), ("never", "gold")])
def test_how_far_they_fall_is_a_term_of_the_wallet(yearly, downgrade, tier):
    ledger = yearly(GOLD, tier_downgrade=downgrade)
    ledger.review(REVIEW)
    ledger.review(FALL)
    assert ledger.tier == tier
    assert ledger.review(FALL) == 0


def test_to_the_tier_that_is_still_reached(yearly):
    ledger = yearly(GOLD, tier_downgrade="to_reached")
    ledger.buy(**SILVER, at=REVIEW - DAY, now=REVIEW - DAY)
    ledger.review(REVIEW)
    ledger.review(FALL)
    assert (ledger.tier, ledger.account.tier_review_at) == ("silver", utc(2028, 4, 12))


def test_a_calendar_review_looks_at_the_year_that_is_over_however_late_it_comes(yearly):
    kept, lost = (yearly(at=utc(2026, 5, 1), window="calendar_year") for _ in range(2))
    kept.buy(**SILVER, at=utc(2027, 1, 1), now=utc(2027, 12, 31))
    lost.buy(**SILVER, at=utc(2026, 12, 31), now=utc(2026, 12, 31))
    assert kept.review(utc(2028, 1, 5)) == 2
    assert (kept.told, kept.account.tier_review_at) == (["changed"], utc(2029, 1, 1))
    assert (lost.told, lost.account.tier_review_at) == (["changed", "expiring"], utc(2028, 2, 5))


def test_a_review_that_comes_late_warns_first_and_gives_all_the_days(yearly):
    ledger = yearly()
    ledger.review(REVIEW + 90 * DAY)
    assert (ledger.tier, ledger.account.tier_review_at) == ("silver", utc(2027, 7, 10))


def test_a_review_that_comes_late_still_counts_the_year_before_its_date(yearly):
    ledger = yearly()
    ledger.buy(**SILVER, at=REACHED + DAY, now=REACHED + DAY)
    ledger.review(REVIEW + 90 * DAY)
    assert (ledger.told, ledger.account.tier_review_at) == (["changed"], utc(2028, 3, 11))


def test_the_same_review_twice_is_one(yearly):
    ledger = yearly()
    assert [ledger.review(now) for now in (REVIEW, REVIEW, FALL, FALL)] == [1, 0, 1, 0]
    assert ledger.told == ["changed", "expiring", "changed"]


def test_a_higher_tier_that_is_reached_meanwhile_takes_the_warning_away(yearly):
    ledger = yearly()
    ledger.review(REVIEW)
    ledger.buy(**GOLD, at=REVIEW + DAY, now=REVIEW + DAY)
    assert (ledger.tier, ledger.account.tier_warned_at) == ("gold", None)
    assert ledger.review(FALL) == 0


def test_many_are_reviewed_in_chunks_and_one_that_fails_leaves_the_others_done(yearly):
    first, second = yearly(), yearly()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM credits_account WHERE tier_review_at <= %s", [REVIEW])
        assert cursor.fetchone() == (2,)
    with transaction.atomic():
        assert first.review(REVIEW) == 2
        transaction.set_rollback(True)
    assert first.told == second.told == ["changed"]
    assert first.review(REVIEW) == 2
    assert first.told == second.told == ["changed", "expiring"]


def test_one_account_that_cannot_be_reviewed_does_not_stop_the_others(yearly, caplog):
    ledger = yearly()
    broken, sound = ledger.customer, CustomerFactory(merchant=ledger.merchant)
    lot = ledger.lot(ledger.earn(100, at=REACHED, now=REACHED, expires_at=REACHED + DAY))
    ledger.earn(1, f"expire:{lot.pk}:100", at=REACHED, now=REACHED)
    ledger.customer = sound
    ledger.buy(**SILVER, at=REACHED, now=REACHED)
    assert ledger.review(REVIEW) == 1
    assert ledger.told == ["changed", "changed", "expiring"]
    assert f"customer {broken.pk} cannot" in caplog.text


def test_a_refund_that_drops_a_lifetime_tier_has_it_reviewed_with_a_warning(new_ledger):
    ledger = new_ledger()
    ledger.buy(**SILVER, at=REACHED, now=REACHED)
    ledger.buy(-1, orders=0, at=REACHED, now=REACHED + DAY)
    assert (ledger.tier, ledger.account.tier_review_at) == ("silver", REACHED + DAY)
    ledger.review(REACHED + DAY)
    assert (ledger.tier, ledger.told) == ("silver", ["changed", "expiring"])
    ledger.review(ledger.account.tier_review_at)
    assert (ledger.tier, ledger.told) == ("bronze", ["changed", "expiring", "changed"])


def test_a_refund_that_leaves_enough_changes_nothing(new_ledger):
    ledger = new_ledger()
    ledger.buy(500_01, orders=5)
    ledger.buy(-1, orders=0)
    assert (ledger.tier, ledger.account.tier_review_at) == ("silver", None)


def test_ten_changes_of_mind_in_a_day_are_one_change_of_tier(yearly):
    ledger = yearly({"spend": 499_99, "orders": 5})
    for number in range(10):
        ledger.buy(-1 if number % 2 else 1, orders=0, at=REACHED, now=REACHED + number * timedelta(hours=1))
    assert (ledger.tier, ledger.told) == ("silver", ["changed"])


def test_new_terms_lift_at_once_and_begin_a_whole_term(new_ledger):
    ledger = new_ledger()
    ledger.buy(**SILVER, at=REACHED, now=REACHED)
    ledger.wallet.tiers.filter(code="gold").update(min_spend=500_00, min_orders=5, min_points=0)
    ledger.latest = REVIEW
    realign_tiers(merchant=ledger.merchant, now=REVIEW)
    assert ledger.moves == [("bronze", "silver"), ("silver", "gold")]
    ledger.wallet.tier_window = "rolling_year"
    ledger.wallet.save()
    for _ in range(2):
        realign_tiers(merchant=ledger.merchant, now=FALL)
    assert (ledger.tier, ledger.account.tier_review_at) == ("gold", utc(2028, 4, 12))
