"""Purchase sessions: a price that holds, everything that lowers it promised once, and one end."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from config.lib.errors import Invalid, NotFound
from credits.services.drawing import InsufficientPoints
from referrals.models import Customer, Purchase
from rewards.models import Coupon, Grant, PurchaseSession, RewardOption
from rewards.services.coupons import import_coupons
from rewards.services.grants import GrantNotUsable
from rewards.services.sessions.ending import OrderConflict, SessionEnded
from rewards.services.sessions.quoting import OptionNotForCheckout
from rewards.services.stock import SoldOut
from tests.factories.rewards import RewardOptionFactory
from tests.rewards.checkout import Checkout, item
from tests.rewards.shop import PER_DOLLAR, awarded, policy

EARN = policy(give=PER_DOLLAR)
MEAL = policy(give={"grant": {"option": "free-meal"}}, on="referral.joined", beneficiary="referee")
FREE_MEAL = {"discount_type": "free", "product_category": "meals"}
GENEROUS = ({"code": "bronze", "benefits": {"tier_discount": 10, "birthday_discount": 20}},)


@pytest.fixture
def shop(open_shop):
    """Alice has 1,000 points and nothing else."""
    shop = open_shop(EARN, MEAL)
    shop.meal.reward_type.__class__.objects.filter(pk=shop.meal.reward_type_id).update(**FREE_MEAL)
    shop.bought("alice", 1000)
    return shop


@pytest.fixture
def checkout(shop):
    return Checkout(shop)


def option(shop, category="purchase_discount", type_terms=(), **terms):
    kinds = {f"reward_type__{name}": value for name, value in dict(type_terms).items()}
    return RewardOptionFactory(
        reward_type__merchant=shop.merchant,
        reward_type__category=category,
        **kinds,
        **{"points_required": 200, **terms},
    )


def test_points_pay_half_at_most_and_come_out_of_the_wallet_when_it_is_bought(shop, checkout):
    session = checkout.hold("alice", item(12_00), points="max")
    assert (session.goods, session.points_value, session.paid, session.points) == (12_00, 6_00, 6_00, 600)
    assert (shop.account("alice").available, shop.account("alice").held) == (400, 600)

    checkout.buy(session)
    assert (shop.account("alice").available, shop.account("alice").held) == (400 + 6, 0)
    assert Purchase.objects.get(order_id="session-order-1").total == 6_00


@pytest.mark.parametrize(
    ("price", "wanted", "used"),
    [(9_99, "max", 0), (10_00, "max", 500), (10_00, 499, 0), (100_00, "max", 1000), (100_00, 700, 700), (30_00, 0, 0)],
)
def test_fewer_points_than_the_minimum_are_not_taken(checkout, price, wanted, used):
    assert checkout.quote("alice", item(price), points=wanted)["points"] == {"used": used, "value": used}


def test_two_carts_are_not_promised_the_same_points(shop, checkout):
    first = checkout.hold("alice", item(16_00), points="max")
    assert checkout.quote("alice", item(16_00), points="max")["points"]["used"] == 0  # 200 are left.

    checkout.cancel(first)
    checkout.cancel(first)
    assert checkout.quote("alice", item(16_00), points="max")["points"]["used"] == 800


def test_a_session_ends_by_itself_and_everything_is_free_again(shop, checkout):
    session = checkout.hold("alice", item(16_00), points="max", expires_in=60)
    shop.now += timedelta(seconds=60)

    with pytest.raises(SessionEnded):
        checkout.buy(session)
    checkout.sweep()
    assert checkout.state(session) == "expired"
    assert (shop.account("alice").available, shop.account("alice").held) == (1000, 0)


def test_a_session_ends_once(shop, checkout):
    bought, given_up = checkout.hold("alice"), checkout.hold("alice")
    checkout.buy(bought, "order-A")
    checkout.buy(bought, "order-A")
    checkout.cancel(given_up)

    for session, act in [(bought, checkout.cancel), (bought, checkout.buy), (given_up, checkout.buy)]:
        with pytest.raises(SessionEnded):
            act(session)
    assert Purchase.objects.filter(order_id="order-A").count() == 1
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        PurchaseSession.objects.filter(pk=bought.pk).update(state="open", ended_at=None, purchase=None)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        PurchaseSession.objects.filter(pk=bought.pk).update(goods=0)


def test_an_order_that_another_door_told_is_taken_if_it_agrees(shop, checkout):
    shop.bought("alice", 10, order_id="order-A")
    checkout.buy(checkout.hold("alice", item(10_00)), "order-A")
    assert Purchase.objects.filter(order_id="order-A").count() == 1

    with pytest.raises(OrderConflict):
        checkout.buy(checkout.hold("alice", item(10_00)), "order-A")  # It belongs to a session already.
    shop.bought("alice", 11, order_id="order-B")
    conflicting = checkout.hold("alice", item(10_00), points=0)
    with pytest.raises(OrderConflict):
        checkout.buy(conflicting, "order-B")
    assert checkout.state(conflicting) == "open"


@pytest.fixture
def bob(shop):
    """A friend of Zoe's, who was given a free meal for coming."""
    shop.bought("bob", 1, referral_code=shop.code("zoe"))
    return "bob"


def test_a_free_meal_makes_the_dearest_meal_free_and_nothing_else(checkout, bob):
    cart = [item(30_00, category="wine"), item(8_00), item(12_00, 2)]
    session = checkout.hold(bob, *cart)

    assert [line["to_pay"] for line in session.quote["lines"]] == [30_00, 8_00, 12_00]
    (reduction,) = session.quote["lines"][2]["reductions"]
    assert (reduction["reason"], reduction["amount"], reduction["name"]) == (
        "grant",
        12_00,
        Grant.objects.get().option.name,
    )
    checkout.buy(session)
    assert Grant.objects.get().state == "used"


def test_a_free_meal_is_not_used_on_a_cart_without_a_meal(checkout, bob):
    quote = checkout.quote(bob, item(30_00, category="wine"))

    assert (quote["goods"], [each["reason"] for each in quote["unused"]]) == (30_00, ["nothing_that_it_is_for"])


def test_a_grant_can_be_left_at_home_and_is_promised_to_one_cart(checkout, bob):
    uuid = str(Grant.objects.get().uuid)
    assert checkout.quote(bob, grants=[])["goods"] == 10_00

    first = checkout.hold(bob, grants=[uuid])
    assert checkout.quote(bob)["goods"] == 10_00
    with pytest.raises(GrantNotUsable):
        checkout.hold(bob, grants=[uuid])
    checkout.cancel(first)
    assert checkout.hold(bob, grants=[uuid]).goods == 0


def test_of_what_there_are_only_so_many_a_grant_is_good_as_long_as_some_are_left(shop, checkout, bob):
    RewardOption.objects.filter(pk=shop.meal.pk).update(stock_quantity=1)
    shop.bought("carl", 1, referral_code=shop.code("zoe"))
    carls = str(Grant.objects.get(customer=shop.customer("carl")).uuid)
    cart = [item(10_00), item(30_00, category="wine")]

    def left():
        return RewardOption.objects.get(pk=shop.meal.pk).stock

    session = checkout.hold(bob, *cart)
    assert (session.goods, left(), checkout.quote("carl", *cart)["goods"]) == (30_00, 0, 40_00)
    with pytest.raises(SoldOut):
        checkout.hold("carl", *cart, grants=[carls])
    checkout.cancel(session)
    assert left() == 1

    checkout.buy(checkout.hold("carl", *cart, grants=[carls]), "order-A")
    assert left() == 0
    shop.refunded(Purchase.objects.get(order_id="order-A"))
    assert (left(), shop.grants("carl")) == (1, ["issued"])


def test_the_purchase_carries_the_referral_code(shop, checkout):
    checkout.buy(checkout.hold("carl", item(20_00), referral_code=shop.code("zoe")))

    assert shop.referral("carl").referrer == shop.customer("zoe")
    assert shop.grants("carl") == ["issued"]


def test_what_is_redeemed_lowers_the_price_and_costs_points(shop, checkout):
    five_off = option(shop, type_terms={"discount_type": "fixed", "discount_value": 5_00}, stock_quantity=1)
    session = checkout.hold("alice", item(20_00), redeem=[{"option": five_off.code}], points="max")

    assert (session.goods, session.points_value, session.points) == (15_00, 7_50, 750 + 200)
    with pytest.raises(OptionNotForCheckout, match="sold_out"):
        checkout.hold("alice", item(20_00), redeem=[{"option": five_off.code}])
    checkout.cancel(session)
    assert RewardOption.objects.get(pk=five_off.pk).stock == 1


def test_what_cannot_be_redeemed_at_a_checkout_is_refused(shop, checkout):
    five = {"discount_type": "fixed", "discount_value": 5_00}
    refused = [
        option(shop, type_terms=five, needs_technician=True),
        option(shop, type_terms=five, points_required=None),
        option(shop, type_terms=five, minimum_order=10_01),
        option(shop, type_terms={**five, "product_category": "wine"}),
        option(shop, category="shipping", type_terms={"discount_type": "free"}),
    ]
    for each in refused:
        with pytest.raises(OptionNotForCheckout):
            checkout.hold("alice", item(10_00), redeem=[{"option": each.code}])
    with pytest.raises(NotFound):
        checkout.hold("alice", redeem=[{"option": "moon"}])
    with pytest.raises(InsufficientPoints):
        checkout.hold("alice", redeem=[{"option": option(shop, type_terms=five, points_required=1001).code}])


def test_no_points_are_taken_for_what_lowers_no_price(shop, checkout):
    five_off = option(shop, type_terms={"discount_type": "fixed", "discount_value": 5_00})
    meal = option(shop, category="free_product", type_terms={"discount_type": "free", "product_category": "meals"})
    for code, items in ((five_off.code, 5), (meal.code, 1)):
        with pytest.raises(OptionNotForCheckout, match="Only 1 of"):
            checkout.hold("alice", item(quantity=items), redeem=[{"option": code, "quantity": 2}])
    assert checkout.quote("alice", item(quantity=2), redeem=[{"option": meal.code, "quantity": 2}])["goods"] == 0


def test_codes_are_handed_out_when_it_is_bought_and_not_before(shop, checkout):
    cards = option(shop, "gift_card", points_required=100, needs_coupon=True)
    import_coupons(option=cards, codes=["GIFT-1", "GIFT-2"], now=shop.now)
    given_up = checkout.hold("alice", redeem=[{"option": cards.code}])
    checkout.cancel(given_up)
    session = checkout.hold("alice", redeem=[{"option": cards.code, "quantity": 2}])
    assert set(Coupon.objects.values_list("state", flat=True)) == {"reserved"}

    checkout.buy(session)
    assert set(Coupon.objects.values_list("state", flat=True)) == {"handed_out"}
    assert shop.account("alice").available == 1000 - 200 + 10


def test_shipping_is_free_by_the_tier_or_else_by_what_the_customer_brings(open_shop):
    shop = open_shop(EARN, tiers=({"code": "bronze", "benefits": {"free_shipping_threshold": 50_00}},))
    free = option(shop, "shipping", type_terms={"discount_type": "free"}, points_required=100)
    shop.bought("alice", 1000)
    checkout = Checkout(shop)

    assert checkout.quote("alice", item(49_99), shipping=4_00)["total"] == 53_99
    assert checkout.quote("alice", item(50_00), shipping=4_00)["total"] == 50_00
    assert checkout.quote("alice", item(49_99), shipping=4_00, redeem=[{"option": free.code}])["total"] == 49_99


def test_the_birthday_discount_is_for_a_week_and_for_one_cart(open_shop):
    shop = open_shop(EARN, tiers=GENEROUS)
    checkout = Checkout(shop)
    Customer.objects.filter(pk=shop.customer("alice").pk).update(birthday=date(1990, 11, 20))

    session = checkout.hold("alice", item(10_00))
    assert (session.goods, session.birthday_year) == (8_00, 2026)
    assert checkout.quote("alice", item(10_00))["goods"] == 9_00  # The tier's own 10 %: percentages do not add up.
    checkout.cancel(session)
    shop.now += timedelta(days=6)
    assert checkout.quote("alice", item(10_00))["goods"] == 8_00
    shop.now += timedelta(days=1)
    assert checkout.quote("alice", item(10_00))["goods"] == 9_00


def test_a_refund_gives_back_points_in_proportion_and_the_rest_with_the_last_part(shop, checkout, bob):
    shop.bought(bob, 999)
    cart = [item(10_00), item(30_00, category="wine")]  # The meal is free, points pay 10.00 of 30.00.
    checkout.buy(checkout.hold(bob, *cart, points=1000), "order-A")
    before = shop.points(bob)
    order = Purchase.objects.get(order_id="order-A")
    earned = sum(points for _, _, points in awarded(order))

    shop.refunded(order, amount=5_00)
    assert shop.points(bob) == before + 250 - 5
    assert Grant.objects.get().state == "used"
    shop.refunded(order)
    assert shop.points(bob) == before + 1000 - earned
    assert Grant.objects.get().state == "issued"


def test_a_cart_in_another_currency_or_without_a_line_is_refused(checkout):
    for wrong in ({"currency": "EUR"}, {"items": []}, {"points": "all"}, {"points": -1}, {"expires_in": 0}):
        with pytest.raises(Invalid):
            checkout.quote("alice", **wrong)
