"""Four worker processes evaluate one customer's purchases at the same time."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from credits.models import Entry
from rewards.models import Evaluation
from tests.concurrency.trade import (
    MILESTONES,
    POINTS_A_FRIENDS_PURCHASE,
    POINTS_A_PURCHASE,
    evaluate_everything,
    open_shop,
    scatter,
)

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHUFFLE = 20261120


def test_1000_purchases_of_a_friend_pass_each_milestone_once(shop, evaluators):
    shop.enrol("bob", code=shop.referrer("alice"), now=MORNING)
    evaluate_everything()
    events = [shop.event(number, occurred_at=MORNING + timedelta(minutes=number)) for number in range(1, 1001)]
    shuffled = random.Random(SHUFFLE)
    delivered = events + shuffled.sample(events, 200)
    shuffled.shuffle(delivered)
    for start in range(0, len(delivered), 100):
        shop.accept(*delivered[start : start + 100])
    scatter()
    evaluators.work(size=25)
    assert_nobody_had_to_try_twice()
    assert shop.meals("alice") == list(MILESTONES)
    assert shop.purchases_counted("bob") == 1000
    assert shop.points("bob") == 1000 * POINTS_A_PURCHASE
    assert shop.points("alice") == 1000 * POINTS_A_FRIENDS_PURCHASE


@pytest.mark.parametrize(
    ("limit", "times"),
    [({"times": 3, "per": "ever"}, 3), ({"points": 1000, "per": "day"}, 10)],
    ids=["3 times ever", "1000 points a day"],
)
def test_a_limit_is_used_fully_and_never_exceeded(transactional_db, evaluators, limit, times):
    hundred = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"fixed": 100}}}
    shop = open_shop(hundred={**hundred, "limits": {"per_customer": limit}})
    shop.accept(*[shop.event(number, occurred_at=MORNING) for number in range(64)])
    scatter()
    evaluators.work(size=3)
    assert_nobody_had_to_try_twice()
    assert shop.points("bob") == times * 100
    assert Entry.objects.count() == times
    assert shop.purchases_counted("bob") == 64


def assert_nobody_had_to_try_twice():
    """Without the locks, unique keys would still keep what is doubled out, but only by failing attempts."""
    assert not Evaluation.objects.filter(attempts__gt=0).exists()
