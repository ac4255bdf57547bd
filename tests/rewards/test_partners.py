"""What a partner is owed: everything customers had of it, once; what came back is deducted, once."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from rewards.models import Partner, Settlement
from rewards.services.coupons import import_coupons
from rewards.services.partners import PeriodNotOver, close_period
from tests.factories.referrals import NOON
from tests.factories.rewards import PartnerFactory, RewardOptionFactory
from tests.rewards.checkout import Checkout
from tests.rewards.shop import PER_DOLLAR, Shop, assert_books_are_right, policy

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
def shop(db):
    """Its books are right at its own moment, which goes far."""
    shop = Shop(policy(give=PER_DOLLAR), time_zone="America/New_York")
    shop.bought("alice", 1000)
    yield shop
    assert_books_are_right(now=shop.now)


@pytest.fixture
def cafe(shop):
    """A café that gets 80 % of the 3.01 that a coffee costs: 2.40."""
    partner = PartnerFactory(merchant=shop.merchant, code="cafe", share_percent=80)
    Partner.objects.filter(pk=partner.pk).update(created_at=NOON - timedelta(days=19))
    coffee = RewardOptionFactory(
        reward_type__merchant=shop.merchant, reward_type__category="gift_card", code="coffee", points_required=10,
        needs_coupon=True, partner=partner, partner_price=3_01,
    )  # fmt: skip
    import_coupons(option=coffee, codes=[f"COFFEE-{n}" for n in range(20)], now=NOON)
    return partner


@pytest.fixture
def checkout(shop):
    return Checkout(shop)


def close(shop, cafe, until):
    return close_period(partner=cafe, ends_on=until, now=shop.now)


def has_coffees(checkout, quantity=1):
    return checkout.hold("alice", redeem=[{"option": "coffee", "quantity": quantity}], expires_in=86_400)


def test_what_was_had_is_settled_once_and_what_comes_back_later_is_deducted_later(shop, cafe, checkout):
    checkout.buy(has_coffees(checkout, 2))
    checkout.cancel(has_coffees(checkout, 5))
    shop.now = NOON.replace(month=12, day=1, hour=4)  # Still November in New York.
    late = has_coffees(checkout, 3)
    with pytest.raises(PeriodNotOver):
        close(shop, cafe, DECEMBER)
    shop.now += timedelta(hours=1)

    november = close(shop, cafe, DECEMBER)
    assert (november.starts_on, november.ends_on, november.amount) == (NOVEMBER, DECEMBER, (2 + 5 - 5 + 3) * 2_40)
    assert november.lines == [{"option": "coffee", "unit_cost": 240, "taken": 10, "returned": 5, "amount": 1200}]
    assert close(shop, cafe, DECEMBER) == november

    checkout.cancel(late)
    checkout.buy(has_coffees(checkout, 1))
    shop.now = NOON.replace(year=2027, month=1)
    december = close(shop, cafe, JANUARY)
    assert december.lines == [{"option": "coffee", "unit_cost": 240, "taken": 1, "returned": 3, "amount": -480}]
    with pytest.raises(PeriodNotOver):
        close(shop, cafe, DECEMBER)


def test_another_price_holds_for_what_is_taken_from_then_on(shop, cafe, checkout):
    checkout.buy(has_coffees(checkout))
    cafe.options.update(partner_price=5_00)
    checkout.buy(has_coffees(checkout))
    shop.now += timedelta(days=30)

    assert [(line["unit_cost"], line["amount"]) for line in close(shop, cafe, DECEMBER).lines] == [
        (240, 240),
        (400, 400),
    ]


def test_a_settlement_never_changes(shop, cafe):
    shop.now += timedelta(days=30)
    close(shop, cafe, DECEMBER)

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Settlement.objects.update(amount=0)
