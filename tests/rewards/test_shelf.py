"""The shelf: stock, coupons, who may have what, and grants in use."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from credits.selectors.terms import default_wallet_terms
from credits.services.opening import open_book
from referrals.models import Event, Purchase
from rewards.models import Coupon, CouponPool, Grant, GrantState, RewardOption
from rewards.selectors.eligibility import why_not
from rewards.services.coupons import (
    CouponsHandedOut,
    NoCouponLeft,
    give_back_coupons,
    hand_out_coupons,
    import_coupons,
    take_coupons,
    void_expired_coupons,
)
from rewards.services.grants import (
    GrantNotUsable,
    expire_grants,
    release_grants,
    reserve_grants,
    restore_grants,
    use_grants,
)
from rewards.services.stock import CustomerLimitReached, SoldOut, TakingConflict, give_back_stock, take_stock
from tests.factories.referrals import NOON, CustomerFactory
from tests.factories.rewards import RewardOptionFactory
from tests.rewards.shop import SILVER, policy

DAY = timedelta(days=1)


@pytest.fixture
def shop(open_shop):
    return open_shop()


@pytest.fixture
def alice(shop):
    return CustomerFactory(merchant=shop.merchant, external_id="alice")


@pytest.fixture
def offer(shop):
    """A reward option of the shop."""
    return lambda **terms: RewardOptionFactory(reward_type__merchant=shop.merchant, **{"points_required": 100, **terms})


@pytest.fixture
def take(alice):
    """Take something off the shelf for Alice."""

    def take(option, quantity=1, *, key="cart:1", now=NOON, **more):
        return take_stock(option=option, customer_id=alice.pk, quantity=quantity, key=key, now=now, **more)

    return take


def left(option):
    return RewardOption.objects.get(pk=option.pk).stock


def test_a_purpose_takes_once_and_gives_back_once(shop, offer, take):
    mugs = offer(stock_quantity=3)

    take(mugs, 2)
    take(mugs, 2)
    assert left(mugs) == 1

    assert give_back_stock(merchant_id=shop.merchant.pk, key="cart:1", now=NOON)
    assert not give_back_stock(merchant_id=shop.merchant.pk, key="cart:1", now=NOON)
    assert left(mugs) == 3
    with pytest.raises(TakingConflict):
        take(mugs, 2)


def test_nothing_can_be_taken_that_is_not_there(offer, take):
    with pytest.raises(SoldOut):
        take(offer(stock_quantity=1), 2)
    with pytest.raises(SoldOut):
        take(offer(stock_quantity=0))
    assert take(offer(stock_quantity=None), 1000)


def test_a_customer_has_so_many_in_a_period_of_the_merchants_zone(open_shop):
    shop = open_shop(time_zone="America/New_York")
    alice = CustomerFactory(merchant=shop.merchant)
    mug = RewardOptionFactory(reward_type__merchant=shop.merchant, per_customer_max=2, per_customer_period="day")

    def take(key, now, **more):
        return take_stock(option=mug, customer_id=alice.pk, quantity=1, key=key, now=now, **more)

    evening = NOON.replace(hour=23)
    take("a", NOON)
    take("a gift of a policy", NOON, is_granted=True)
    take("b", evening)
    with pytest.raises(CustomerLimitReached), transaction.atomic():
        take("c", evening + timedelta(hours=5))  # Still the same day in New York.
    assert take("c", evening + timedelta(hours=7))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, []),
        ({"is_active": False}, ["inactive"]),
        ({"points_required": None}, ["not_for_points"]),
        ({"starts_at": NOON}, []),
        ({"starts_at": NOON + DAY}, ["not_yet"]),
        ({"ends_at": NOON}, ["no_longer"]),
        ({"ends_at": NOON + DAY}, []),
        ({"min_tier": "bronze"}, []),
        ({"min_tier": "silver", "stock_quantity": 0}, ["tier_too_low", "sold_out"]),
        ({"min_tier": "unknown"}, ["tier_too_low"]),
        ({"stock_quantity": 2}, []),
        ({"stock_quantity": 1}, ["sold_out"]),
        ({"needs_coupon": True}, ["sold_out"]),
        ({"per_customer_max": 1}, ["limit_reached"]),
        ({"per_customer_max": 2}, []),
    ],
)
def test_why_a_customer_cannot_have_two(alice, offer, terms, expected):
    assert why_not(customer=alice, option=offer(**terms), quantity=2, now=NOON) == expected


def test_whoever_rises_may_have_what_their_tier_may_have(open_shop):
    shop = open_shop(policy(points=1), tiers=({"code": "bronze"}, SILVER))
    lounge = RewardOptionFactory(reward_type__merchant=shop.merchant, points_required=1, min_tier="silver")
    shop.bought("alice", 100)

    assert why_not(customer=shop.customer("alice"), option=lounge, quantity=1, now=shop.now) == []


def test_a_code_is_reserved_then_known_to_one_customer_for_ever(shop, alice, offer):
    cards = offer(needs_coupon=True)
    assert import_coupons(option=cards, codes=["AAA", " BBB ", "", "AAA"], now=NOON) == (2, 0)
    assert import_coupons(option=cards, codes=["BBB", "CCC"], now=NOON) == (1, 1)

    def take(key, quantity=1):
        return take_coupons(option=cards, customer_id=alice.pk, quantity=quantity, key=key, now=NOON)

    assert [each.code for each in take("a")] == [each.code for each in take("a")] == ["AAA"]
    give_back_coupons(merchant_id=shop.merchant.pk, key="a")
    assert give_back_coupons(merchant_id=shop.merchant.pk, key="a") == 0
    assert [each.code for each in take("b", 2)] == ["AAA", "BBB"]
    hand_out_coupons(merchant_id=shop.merchant.pk, key="b", now=NOON)
    with pytest.raises(CouponsHandedOut):
        give_back_coupons(merchant_id=shop.merchant.pk, key="b")
    with pytest.raises(NoCouponLeft):
        take("c", 2)
    assert CouponPool.objects.get().free == 1
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        Coupon.objects.filter(state="handed_out").update(state="reserved", handed_out_at=None)


def test_codes_are_not_readable_in_the_database(offer):
    import_coupons(option=offer(needs_coupon=True), codes=["GIFT-SECRET"], now=NOON)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rewards_coupon")
        assert b"SECRET" not in b"".join(bytes(value) for value in cursor.fetchone() if isinstance(value, memoryview))


def test_whoever_takes_the_pool_to_its_low_mark_tells_so_once(alice, offer):
    cards = offer(needs_coupon=True)
    import_coupons(option=cards, codes=[f"G{n}" for n in range(13)], now=NOON)

    for n, expected in [(1, []), (2, []), (3, [10]), (4, [10])]:
        take_coupons(option=cards, customer_id=alice.pk, quantity=1, key=f"cart:{n}", now=NOON)
        assert [event.payload["free"] for event in Event.objects.filter(type="coupons.low")] == expected


def test_codes_that_are_worth_nothing_any_more_are_not_given(alice, offer):
    cards = offer(needs_coupon=True)
    import_coupons(option=cards, codes=["OLD"], now=NOON, expires_at=NOON + DAY)

    with pytest.raises(NoCouponLeft), transaction.atomic():
        take_coupons(option=cards, customer_id=alice.pk, quantity=1, key="a", now=NOON + DAY)
    assert (void_expired_coupons(now=NOON + DAY), void_expired_coupons(now=NOON + DAY)) == (1, 0)
    assert CouponPool.objects.get().free == 0


@pytest.fixture
def meals(shop, alice):
    """Three free meals that Alice was granted at noon, good for ten days."""
    RewardOption.objects.filter(pk=shop.meal.pk).update(valid_days=10)
    shop.publish(policy(give={"grant": {"option": "free-meal", "quantity": 3}}))
    shop.bought("alice")
    return Grant.objects.get()


@pytest.fixture
def during(shop, alice):
    """Do something with Alice's account open."""

    def during(act, *, now=NOON + timedelta(hours=1), **said):
        with transaction.atomic():
            book = open_book(terms=default_wallet_terms(merchant=shop.merchant), customer_ids=[alice.pk], now=now)
            done = act(book=book, customer_id=alice.pk, **said)
            book.write()
        return done

    return during


def test_a_grant_serves_one_purpose_at_a_time_and_its_rest_is_usable_again(meals, during):
    during(reserve_grants, wanted={meals.pk: 2}, purpose="session:1")
    with pytest.raises(GrantNotUsable):
        during(reserve_grants, wanted={meals.pk: 1}, purpose="session:2")
    during(use_grants, purpose="session:1")
    during(use_grants, purpose="session:1")
    meals.refresh_from_db()
    assert (meals.state, meals.used_quantity) == (GrantState.ISSUED, 2)

    with pytest.raises(GrantNotUsable):
        during(reserve_grants, wanted={meals.pk: 2}, purpose="session:2")
    during(reserve_grants, wanted={meals.pk: 1}, purpose="session:2")
    during(use_grants, purpose="session:2")
    meals.refresh_from_db()
    assert meals.state == GrantState.USED

    during(restore_grants, used={meals.pk: 1})
    meals.refresh_from_db()
    assert (meals.state, meals.used_quantity) == (GrantState.ISSUED, 2)


def test_a_grant_that_is_taken_back_while_it_is_promised_goes_when_the_promise_ends(shop, meals, during):
    during(reserve_grants, wanted={meals.pk: 1}, purpose="session:1")
    shop.refunded(Purchase.objects.get())
    meals.refresh_from_db()
    assert meals.state == GrantState.RESERVED

    during(release_grants, purpose="session:1")
    meals.refresh_from_db()

    assert meals.state == GrantState.REVOKED


def test_a_grant_ends_with_its_last_day(meals, during):
    over = NOON.replace(hour=0) + 11 * DAY
    with pytest.raises(GrantNotUsable):
        during(reserve_grants, wanted={meals.pk: 1}, purpose="session:1", now=over)
    assert expire_grants(now=over - timedelta(seconds=1)) == 0
    assert (expire_grants(now=over), expire_grants(now=over)) == (1, 0)
    meals.refresh_from_db()

    assert meals.state == GrantState.EXPIRED


def test_what_a_policy_grants_is_good_for_as_long_as_its_option_says(open_shop):
    shop = open_shop(policy(give={"grant": {"option": "free-meal"}}), time_zone="America/New_York")
    RewardOption.objects.filter(pk=shop.meal.pk).update(valid_days=30)
    shop.bought("alice")

    assert Grant.objects.get().expires_at == datetime(2026, 12, 21, 5, tzinfo=UTC)  # Midnight in New York.
