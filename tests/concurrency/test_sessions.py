"""Many carts at once: one free meal is promised to one of them, and of nine codes nine are."""

from functools import partial

import pytest

from credits.services.drawing import InsufficientPoints
from rewards.models import Coupon, CouponPool, Grant, PurchaseSession, RewardOption, RewardType
from rewards.services.coupons import NoCouponLeft, import_coupons
from rewards.services.grants import GrantNotUsable
from rewards.services.sessions.ending import SessionEnded
from rewards.services.sessions.holding import CartBusy
from rewards.services.sessions.quoting import OptionNotForCheckout
from rewards.services.stock import SoldOut
from tests.concurrency.together import at_once, attempt
from tests.factories.rewards import RewardOptionFactory
from tests.rewards.checkout import Checkout, item
from tests.rewards.shop import PER_DOLLAR, Shop, policy

pytestmark = pytest.mark.django_db(transaction=True)
CARTS = 10
MEAL = policy(give={"grant": {"option": "free-meal"}}, on="referral.joined", beneficiary="referee")


@pytest.fixture
def shop(transactional_db):
    shop = Shop(policy(give=PER_DOLLAR), MEAL)
    RewardType.objects.filter(pk=shop.meal.reward_type_id).update(discount_type="free")
    return shop


@pytest.fixture
def checkout(shop):
    return Checkout(shop)


@pytest.fixture
def cards(shop):
    """Gift cards for 100 points, of which nine are left."""
    option = RewardOptionFactory(
        reward_type__merchant=shop.merchant, reward_type__category="gift_card", points_required=100, needs_coupon=True
    )
    import_coupons(option=option, codes=[f"GIFT-{n}" for n in range(CARTS - 1)], now=shop.now)
    return option


def test_of_two_tabs_one_has_the_free_meal(shop, checkout):
    shop.bought("bob", 1, referral_code=shop.code("zoe"))
    named = str(Grant.objects.get().uuid)

    tabs = at_once(*[lambda: attempt(lambda: checkout.hold("bob"), CartBusy)] * 2)
    assert sorted(tab.goods for tab in tabs) == [0, 10_00]
    checkout.cancel(next(tab for tab in tabs if tab.goods == 0))
    tabs = at_once(*[lambda: attempt(lambda: checkout.hold("bob", grants=[named]), GrantNotUsable)] * 2)
    assert sorted(type(tab).__name__ for tab in tabs) == ["GrantNotUsable", "PurchaseSession"]


def test_of_ten_carts_nine_have_a_code_and_each_another_one(shop, checkout, cards):
    people = [f"customer-{n}" for n in range(CARTS)]
    for person in people:
        shop.bought(person, 100)

    def take(person):
        return lambda: attempt(
            lambda: checkout.hold(person, redeem=[{"option": cards.code}]),
            InsufficientPoints,
            NoCouponLeft,
            SoldOut,
            OptionNotForCheckout,
        )

    carts = at_once(*map(take, people))
    held = [cart for cart in carts if isinstance(cart, PurchaseSession)]
    assert (len(held), CouponPool.objects.get().free, RewardOption.objects.get(pk=cards.pk).stock_taken) == (9, 0, 9)
    assert len({key for (key,) in Coupon.objects.filter(state="reserved").values_list("key")}) == 9

    checkout.cancel(held[0])
    again = at_once(*map(take, people))
    assert sum(isinstance(cart, PurchaseSession) for cart in again) == 1


@pytest.mark.parametrize("number", range(5))
def test_a_session_is_bought_or_given_up_and_not_both(shop, checkout, number):
    shop.bought("bob", 1000)
    session = checkout.hold("bob", item(20_00), points="max")

    def buy():
        return attempt(lambda: checkout.buy(session, f"of-the-cart-{number}"), SessionEnded)

    at_once(buy, buy, lambda: attempt(lambda: checkout.cancel(session), SessionEnded))
    session.refresh_from_db()
    assert session.state in {"completed", "cancelled"}
    assert (session.purchase is not None) == (session.state == "completed")
    assert shop.account("bob").held == 0


def test_of_ten_carts_with_a_granted_meal_nine_have_it_when_there_are_nine(shop, checkout):
    RewardOption.objects.filter(pk=shop.meal.pk).update(stock_quantity=CARTS - 1)
    people = [f"customer-{n}" for n in range(CARTS)]
    for person in people:
        shop.bought(person, 1, referral_code=shop.code("zoe"))
    assert Grant.objects.count() == CARTS

    carts = at_once(*[partial(checkout.hold, person) for person in people])
    assert sorted(cart.goods for cart in carts) == [0] * (CARTS - 1) + [10_00]
    assert RewardOption.objects.get(pk=shop.meal.pk).stock_taken == CARTS - 1

    late = next(cart for cart in carts if cart.goods).customer.external_id
    checkout.cancel(next(cart for cart in carts if not cart.goods))
    assert checkout.quote(late)["goods"] == 0
