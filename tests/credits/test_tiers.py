"""Tiers: what lifts a customer, since when, and what their tier was on an earlier day."""

from datetime import timedelta

import pytest

from credits.models import QualifyingAmount, TierMove
from referrals.models import Event
from tests.factories.referrals import NOON

DAY = timedelta(days=1)


def tier_on(ledger, moment):
    with ledger.book(earliest=moment) as book:
        return book.tier_at(ledger.customer.pk, moment).code


def test_everybody_starts_in_the_lowest_tier(ledger):
    ledger.earn(1)
    assert ledger.account.tier.code == "bronze"
    assert ledger.account.tier_since is None
    assert ledger.moves == []


@pytest.mark.parametrize(
    ("spend", "orders", "tier"),
    [
        (499_99, 4, "bronze"),
        (499_99, 5, "bronze"),
        (500_00, 4, "bronze"),
        (500_00, 5, "silver"),
        (5_000_00, 4, "bronze"),
        (0, 50, "bronze"),
    ],
)
def test_a_tier_needs_the_spend_and_the_orders(ledger, spend, orders, tier):
    ledger.buy(spend, orders=orders)
    assert ledger.account.tier.code == tier


@pytest.mark.parametrize(("points", "tier"), [(999, "silver"), (1000, "gold"), (0, "silver")])
def test_a_tier_needs_the_qualifying_points_too(ledger, points, tier):
    ledger.buy(1500_00, orders=15, points=points)
    assert ledger.account.tier.code == tier


def test_the_purchase_that_is_enough_lifts_at_once(ledger):
    seen = []
    for cents in (100_00, 100_00, 100_00, 199_99, 1):
        ledger.buy(cents)
        seen.append(ledger.account.tier.code)
    assert seen == ["bronze"] * 4 + ["silver"]


def test_a_lift_is_returned_to_whoever_caused_it(ledger):
    with ledger.book() as book:
        assert ledger.qualify(book, 1, spend=499_99, orders=4) is None
        move = ledger.qualify(book, 2, spend=1)
        assert ledger.qualify(book, 3, spend=1) is None
    assert (move.to_tier.code, move.reason, move.evaluation_id, move.effective_at) == ("silver", "reached", 2, NOON)


def test_a_lift_may_leave_out_a_tier(ledger):
    ledger.buy(2000_00, orders=20, points=5000)
    assert ledger.moves == [("bronze", "gold")]


def test_every_claim_is_a_dated_row(ledger):
    ledger.buy(100_00, at=NOON - DAY)
    ledger.buy(50_00, orders=2, points=7)
    rows = QualifyingAmount.objects.order_by("occurred_at").values_list("spend", "orders", "points", "occurred_at")
    assert list(rows) == [(100_00, 1, 0, NOON - DAY), (50_00, 2, 7, NOON)]
    account = ledger.account
    assert (account.qualifying_spend, account.qualifying_orders, account.qualifying_points) == (150_00, 3, 7)


def test_a_claim_of_nothing_leaves_no_row(ledger):
    with ledger.book() as book:
        ledger.qualify(book, 1, spend=0, orders=0, points=0)
    assert not QualifyingAmount.objects.exists()


def test_a_posting_lowers_nobody(ledger):
    ledger.buy(500_00, orders=5)
    ledger.buy(-500_00, orders=-5)
    assert ledger.account.tier.code == "silver"
    assert ledger.moves == [("bronze", "silver")]


def test_the_history_of_a_customers_tiers_is_a_chain(ledger):
    ledger.buy(500_00, orders=5, at=NOON - 2 * DAY)
    ledger.buy(1000_00, orders=10, points=1000, at=NOON - DAY)
    moves = TierMove.objects.order_by("id").values_list("from_tier__code", "to_tier__code", "effective_at")
    assert list(moves) == [("bronze", "silver", NOON - 2 * DAY), ("silver", "gold", NOON - DAY)]
    assert ledger.account.tier_since == NOON - DAY


def test_a_move_never_begins_before_the_one_before_it(ledger):
    ledger.buy(500_00, orders=5, at=NOON)
    ledger.buy(1000_00, orders=10, points=1000, at=NOON - DAY)
    assert list(TierMove.objects.order_by("id").values_list("effective_at", flat=True)) == [NOON, NOON]


def test_a_change_of_tier_is_told(ledger):
    ledger.buy(500_00, orders=5)
    silver = ledger.account.tier_id
    told = Event.objects.get(type="tier.changed").payload
    assert (told["to"], told["reason"]) == (silver, "reached")


@pytest.mark.parametrize(
    ("days_ago", "tier"),
    [(-1, "gold"), (1, "gold"), (1.5, "silver"), (3, "silver"), (3.5, "bronze"), (400, "bronze")],
)
def test_a_late_purchase_counts_with_the_tier_of_its_day(ledger, days_ago, tier):
    ledger.buy(500_00, orders=5, at=NOON - 3 * DAY)
    ledger.buy(1000_00, orders=10, points=1000, at=NOON - DAY)
    assert tier_on(ledger, NOON - days_ago * DAY) == tier


def test_within_a_batch_a_purchase_counts_with_what_an_earlier_one_lifted(ledger):
    with ledger.book(earliest=NOON - DAY) as book:
        ledger.qualify(book, 1, spend=500_00, orders=5, at=NOON - DAY)
        tiers = [book.tier_at(ledger.customer.pk, moment).multiplier for moment in (NOON - 2 * DAY, NOON)]
    assert [float(multiplier) for multiplier in tiers] == [1.0, 1.25]
