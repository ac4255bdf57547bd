"""One wallet, many carts: never more is promised than there is, and the sums are exact."""

import random
from datetime import timedelta

import pytest

from credits.models import Hold
from credits.services.drawing import InsufficientPoints
from credits.services.holds import HoldEnded
from credits.services.sweeping import settle_due
from credits.services.transfers import TransferLimitReached
from tests.concurrency.together import at_once, attempt, deadlocks
from tests.credits.ledger import Ledger, assert_books_are_right
from tests.factories.referrals import NOON, CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)
CARTS = 40
ROUNDS = 10
HOUR = NOON + timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def the_books_are_right(transactional_db):
    """These points come from no policy, so the ledger alone is asked."""
    before = deadlocks()
    yield
    assert_books_are_right()
    assert deadlocks() == before


def fill_carts(ledger, chance, number):
    """Forty carts at once want more than there is; half of them pay, the others put points aside."""
    ledger.earn(1000)
    wishes = [chance.randint(1, 90) for _ in range(CARTS)]

    def fill(cart, points):
        if cart % 2:
            return attempt(lambda: ledger.spend(points), InsufficientPoints)
        return attempt(lambda: ledger.hold(points, f"{number}:{cart}", until=HOUR), InsufficientPoints)

    got = at_once(*[lambda cart=cart, points=points: fill(cart, points) for cart, points in enumerate(wishes)])
    refused = [isinstance(result, InsufficientPoints) for result in got]
    promised = sum(points for points, is_refused in zip(wishes, refused, strict=True) if not is_refused)
    assert ledger.sums.get("available", 0) == 1000 - promised >= 0
    assert any(refused)
    for hold in Hold.objects.filter(state="open"):
        ledger.unhold(hold.key)
    if left := ledger.sums.get("available"):
        ledger.spend(left)


def many_rounds(rounds):
    ledger, chance = Ledger(), random.Random(rounds)
    for number in range(rounds):
        fill_carts(ledger, chance, number)
    assert ledger.sums == {}


def test_40_carts_at_once_are_never_promised_more_than_there_is():
    many_rounds(ROUNDS)


def test_a_hold_is_captured_or_released_but_never_both():
    ledger = Ledger()
    ledger.earn(1000)
    for number in range(10):
        ledger.hold(50, f"cart:{number}", until=HOUR)
        at_once(
            lambda key=f"cart:{number}": attempt(lambda: ledger.capture(key), HoldEnded),
            lambda key=f"cart:{number}": attempt(lambda: ledger.unhold(key), HoldEnded),
        )
    captured = sum(Hold.objects.values_list("captured_points", flat=True))
    assert ledger.sums == {"available": 1000 - captured}


def test_gifts_in_both_directions_cross_without_harm_and_keep_the_limit_of_the_day():
    ledger = Ledger(transfer_day_max=60)
    anna, ben = ledger.customer, CustomerFactory(merchant=ledger.merchant)
    for customer in (anna, ben):
        ledger.customer = customer
        ledger.earn(100)

    def give(giver, receiver, key):
        return attempt(lambda: ledger.give(20, receiver, key=key, giver=giver), TransferLimitReached)

    at_once(
        *[lambda n=n: give(anna, ben, f"there:{n}") for n in range(6)],
        *[lambda n=n: give(ben, anna, f"back:{n // 2}") for n in range(6)],
    )
    points = []
    for customer in (anna, ben):
        ledger.customer = customer
        points.append(ledger.sums["available"])
    assert points == [100, 100]


def test_at_the_last_moment_either_the_cart_has_the_points_or_they_lapse_and_never_both():
    ledger = Ledger()
    for number in range(20):
        end = NOON + timedelta(days=number + 1)
        ledger.earn(100, at=end - MICROSECOND, now=end - MICROSECOND, expires_at=end)
        at_once(
            lambda end=end: attempt(lambda: ledger.spend(100, now=end - MICROSECOND), InsufficientPoints),
            lambda end=end: settle_due(now=end),
        )
        settle_due(now=end)
        assert ledger.sums == {}
    assert len(ledger.posted("redeemed")) + len(ledger.posted("expired")) == 20
