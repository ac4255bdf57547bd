"""How far a customer is: what counts now, what the next tier needs, and what keeps this one."""

from datetime import timedelta

from credits.selectors.terms import default_wallet_terms
from credits.selectors.tiers import Claims, tier_moves
from tests.factories.referrals import NOON

DAY = timedelta(days=1)


def test_it_begins_at_the_lowest_tier_with_everything_missing(ledger):
    progress = ledger.progress(NOON)
    assert (progress.tier.code, progress.next_tier.code, progress.claims) == ("bronze", "silver", Claims())
    assert progress.missing == Claims(spend=500_00, orders=5)
    assert (progress.tier_anniversary, progress.review_at, progress.missing_to_keep) == (None, None, Claims())


def test_it_counts_what_lies_in_the_window(new_ledger):
    ledger = new_ledger(tier_window="rolling_year")
    ledger.buy(300_00, orders=3, at=NOON - 366 * DAY)
    ledger.buy(200_00, orders=2, points=7)
    progress = ledger.progress(NOON)
    assert (progress.claims, progress.missing) == (Claims(200_00, 2, 7), Claims(300_00, 3, 0))


def test_what_keeps_the_tier_is_counted_from_when_it_was_reached(new_ledger):
    ledger = new_ledger(tier_window="rolling_year")
    ledger.buy(500_00, orders=5)
    ledger.buy(100_00, at=NOON + DAY, now=NOON + DAY)
    progress = ledger.progress(NOON + DAY)
    assert (progress.tier.code, progress.tier_anniversary) == ("silver", NOON)
    assert progress.missing == Claims(900_00, 9, 1000)
    assert progress.missing_to_keep == Claims(400_00, 4, 0)
    assert progress.review_at == ledger.account.tier_review_at
    assert not progress.is_expiring


def test_in_the_highest_tier_nothing_is_missing(ledger):
    ledger.buy(1500_00, orders=15, points=1000)
    progress = ledger.progress(NOON)
    assert (progress.tier.code, progress.next_tier, progress.missing) == ("gold", None, Claims())


def test_a_lock_is_shown_while_it_lasts(ledger):
    ledger.assign("gold", until=NOON + DAY)
    assert ledger.progress(NOON).locked_until == NOON + DAY
    assert ledger.progress(NOON + DAY).locked_until is None


def test_the_history_tells_the_last_move_first(ledger):
    ledger.buy(500_00, orders=5)
    ledger.assign("gold")
    moves = tier_moves(terms=default_wallet_terms(merchant=ledger.merchant), customer_id=ledger.customer.pk)
    assert [(move.from_tier.code, move.to_tier.code, move.reason) for move in moves] == [
        ("silver", "gold", "assigned"),
        ("bronze", "silver", "reached"),
    ]
