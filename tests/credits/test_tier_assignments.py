"""Tiers that are given by hand: with words, and locked until a day."""

from datetime import timedelta

import pytest

from config.lib.idempotency import KeyReused
from credits.models import TierAssignment, TierMove
from credits.services.assigning import LockIsOver, UnknownTier
from tests.factories.referrals import NOON

DAY = timedelta(days=1)
UNTIL = NOON + 100 * DAY
SILVER = {"spend": 500_00, "orders": 5}


def test_a_tier_is_given_with_the_words_and_the_name_of_who_gave_it(ledger):
    ledger.assign("gold", until=UNTIL)
    given = TierAssignment.objects.get()
    assert (given.tier.code, given.reason, given.actor, given.until) == (
        "gold", "A friend of the house", "key:gv_1", UNTIL
    )  # fmt: skip
    move = TierMove.objects.get()
    assert (move.to_tier.code, move.reason, move.evaluation_id) == ("gold", "assigned", None)
    assert (ledger.tier, ledger.told, ledger.account.tier_locked_until) == ("gold", ["changed"], UNTIL)


def test_the_same_tier_again_only_changes_the_lock(ledger):
    ledger.assign("gold", until=UNTIL)
    ledger.assign("gold", until=UNTIL + DAY)
    assert TierMove.objects.count() == 1
    assert TierAssignment.objects.count() == 2
    assert (ledger.account.tier_locked_until, ledger.told) == (UNTIL + DAY, ["changed", "locked"])


def test_a_locked_tier_is_neither_lifted_nor_lowered(new_ledger):
    ledger = new_ledger(tier_window="rolling_year")
    ledger.buy(**SILVER, at=NOON - 364 * DAY, now=NOON - 364 * DAY)
    ledger.assign("bronze", until=UNTIL)
    ledger.buy(**SILVER)
    assert ledger.tier == "bronze"
    assert ledger.review(UNTIL - DAY) == 0


def test_when_the_lock_ends_a_review_lifts_who_has_reached_more(ledger):
    ledger.assign("bronze", until=UNTIL)
    ledger.buy(**SILVER)
    assert ledger.review(UNTIL) == 1
    assert (ledger.tier, ledger.account.tier_locked_until) == ("silver", None)


@pytest.mark.parametrize("window", ["lifetime", "rolling_year", "calendar_year"])
def test_when_the_lock_ends_who_has_reached_less_is_warned_and_falls(new_ledger, window):
    ledger = new_ledger(tier_window=window)
    ledger.assign("gold", until=UNTIL)
    ledger.review(UNTIL)
    assert (ledger.tier, ledger.told) == ("gold", ["changed", "expiring"])
    ledger.review(ledger.account.tier_review_at)
    assert ledger.tier == "bronze"


def test_without_a_lock_a_purchase_lifts_and_the_next_review_decides(new_ledger):
    ledger = new_ledger(tier_window="rolling_year")
    ledger.assign("silver")
    assert ledger.account.tier_review_at == NOON.replace(year=2027, day=21, hour=0)
    ledger.buy(1500_00, orders=15, points=1000)
    assert ledger.tier == "gold"


def test_an_assignment_takes_a_warning_away(new_ledger):
    ledger = new_ledger(tier_window="rolling_year")
    ledger.buy(**SILVER)
    review = ledger.account.tier_review_at
    ledger.review(review)
    ledger.assign("silver", until=review + 200 * DAY, now=review + DAY)
    assert ledger.review(review + 100 * DAY) == 0
    assert (ledger.tier, ledger.account.tier_warned_at) == ("silver", None)


def test_the_same_key_again_has_no_second_effect(ledger):
    first = ledger.assign("gold", until=UNTIL, key="once")
    assert ledger.assign("gold", until=UNTIL, key="once", now=UNTIL + DAY) == first
    assert (TierAssignment.objects.count(), ledger.told) == (1, ["changed"])
    ledger.latest = NOON
    with pytest.raises(KeyReused):
        ledger.assign("silver", until=UNTIL, key="once")


def test_what_makes_no_sense_is_refused(ledger):
    with pytest.raises(UnknownTier):
        ledger.assign("diamond")
    with pytest.raises(LockIsOver):
        ledger.assign("gold", until=NOON)
    assert not TierAssignment.objects.exists()
