"""Policies without caps give the same result in whatever order purchases arrive, and however they are batched."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.services.evaluation.run import evaluate_due
from tests.factories.referrals import NOON
from tests.rewards.shop import PER_DOLLAR, Shop, assert_books_are_right, policy

NAMES = ("alice", "bob", "carol", "dave")
PURCHASES = [
    (NAMES[number % 4], dollars, NOON + timedelta(hours=number))
    for number, dollars in enumerate((5, 12.5, 60, 7, 99.99, 1, 45, 300, 0.5, 33.33, 80, 20))
]
POLICIES = (
    policy(give=PER_DOLLAR),
    policy("referrer", points=7, when="purchase.total >= 1000"),
    policy("referrer", points=500, milestones={"scope": "per_friend", "measure": "purchases", "at": [1, 2, 3]}),
    policy(
        "referrer",
        give={"grant": {"option": "free-meal"}},
        milestones={"scope": "across_friends", "measure": "units:meals", "every": 4},
    ),
    policy("referrer", on="referral.qualified", points=1000),
    policy("referee", on="referral.joined", points=20),
)

EXPECTED = {
    # Each whole dollar is a point, each purchase of a friend from 10.00 on is 7 for who brought them, each of a
    # friend's first three is 500, the one that completes the referral 1000; a friend gets 20 for joining.
    "alice": (104 + 5 * 7 + 6 * 500 + 2 * 1000, 0, 0, (105_49, 3, 5139), "silver", ["issued"]),
    "bob": (46 + 20 + 2 * 7 + 3 * 500 + 1000, 0, 0, (46_83, 3, 2580), "bronze", []),
    "carol": (185 + 20, 0, 0, (185_00, 3, 205), "silver", []),
    "dave": (327 + 20, 0, 0, (327_00, 3, 347), "silver", []),
}


def result_of(order, cuts):
    """What everybody has after the purchases came in this order, evaluated after each of these numbers."""
    shop = Shop(*POLICIES, tiers=({"code": "bronze"}, {"code": "silver", "min_spend": 100_00, "min_orders": 3}))
    shop.now = NOON - timedelta(hours=1)
    code = shop.code("alice")
    for friend in ("bob", "carol"):
        shop.joins(friend, code=code)
    shop.joins("dave", code=shop.code("bob"))
    shop.now = NOON + timedelta(days=1)
    for arrived, place in enumerate(order):
        name, dollars, at = PURCHASES[place]
        shop.buys(name, dollars, at=at)
        if arrived in cuts:
            evaluate_due(now=shop.now)
    shop.works()
    return {name: _has(shop, name) for name in NAMES}


def _has(shop, name):
    account = shop.account(name)
    claims = (account.qualifying_spend, account.qualifying_orders, account.qualifying_points)
    return account.available, account.pending, account.owed, claims, account.tier.code, shop.grants(name)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_the_order_of_arrival_and_the_size_of_batches_change_nothing(order, cuts):
    savepoint = transaction.savepoint()
    try:
        assert result_of(order, cuts) == EXPECTED
        assert_books_are_right()
    finally:
        transaction.savepoint_rollback(savepoint)
