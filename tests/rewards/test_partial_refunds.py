"""A purchase is paid back in parts: each takes what its lines gave, and all together exactly what was given."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credits.models import Entry, QualifyingAmount
from rewards.models import Counter, LimitUse
from rewards.services.refunds import AlreadyRefunded, ExceedsPaid, RefundConflict
from tests.factories.referrals import NOON
from tests.rewards.shop import PER_DOLLAR, Shop, assert_books_are_right, policy

AT_125 = {"points": {"per_currency_unit": "1.25"}}
CENTS = (3333, 3333, 3334)


def line(price, quantity=1, category="meals", **more):
    return {"sku": "X", "category": category, "quantity": quantity, "unit_price": price, **more}


def has(shop, name="bob"):
    """What a customer has, of everything that a refund touches."""
    account = shop.account(name)
    claims = (account.qualifying_spend, account.qualifying_orders, account.qualifying_points)
    counts = sorted(Counter.objects.filter(customer=shop.customer(name)).values_list("scope", "measure", "amount"))
    return account.available, account.pending, account.owed, account.lifetime_points, claims, counts


@pytest.mark.parametrize("parts", sorted(set(permutations(CENTS))))
def test_a_hundred_dollars_in_three_parts_take_back_exactly_125_points(open_shop, parts):
    shop = open_shop(policy(give=AT_125))
    purchase = shop.bought("bob", 100)
    assert shop.points("bob") == 125
    for amount in parts:
        shop.refunded(purchase, amount=amount)
    assert has(shop)[:5] == (0, 0, 0, 0, (0, 0, 0))
    assert sorted(-entry.points for entry in Entry.objects.filter(kind="reversed")) == [41, 42, 42]


def test_a_line_takes_back_what_it_earned_and_no_more(open_shop):
    shop = open_shop(policy(give={"points": {"per_currency_unit": 1, "categories": {"toys": 3}}}))
    items = [line(1000, key="food"), line(2000, category="toys", key="toy")]
    purchase = shop.bought("bob", 30, items=items)
    assert shop.points("bob") == 10 + 60
    shop.refunded(purchase, lines=[{"key": "food"}])
    assert shop.points("bob") == 60
    shop.refunded(purchase, lines=[{"index": 1, "amount": 1000}])
    assert shop.points("bob") == 30
    shop.refunded(purchase)
    assert shop.points("bob") == 0


def test_three_lines_are_one_order(open_shop):
    shop = open_shop(policy(give=AT_125))
    apart = shop.bought("bob", 100, items=[line(cents) for cents in CENTS])
    together = shop.bought("carol", 100)
    assert shop.points("bob") == shop.points("carol") == 125
    for index in range(3):
        shop.refunded(apart, lines=[{"index": index}])
    shop.refunded(together)
    assert has(shop, "bob")[:5] == has(shop, "carol")[:5] == (0, 0, 0, 0, (0, 0, 0))


@pytest.mark.parametrize(("currency", "price", "points"), [("JPY", 1000, 1250), ("KWD", 10_000, 12)])
def test_currencies_without_or_with_three_digits(open_shop, currency, price, points):
    shop = open_shop(policy(give=AT_125), currency=currency)
    purchase = shop.bought("bob", price / 100)
    assert shop.points("bob") == points
    shop.refunded(purchase, amount=price // 3)
    shop.refunded(purchase, amount=price // 3)
    assert shop.points("bob") == points - points * (price // 3 * 2) // price
    shop.refunded(purchase)
    assert shop.points("bob") == 0


def test_a_free_purchase_can_be_given_back(open_shop):
    shop = open_shop(policy(points=5))
    shop.refunded(shop.bought("bob", 0))
    assert has(shop)[:5] == (0, 0, 0, 0, (0, 0, 0))


def test_a_part_lowers_the_claim_to_a_tier_and_the_whole_takes_the_order_too(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    purchase = shop.bought("bob", 50, at=NOON)
    shop.refunded(purchase, amount=20_00)
    assert has(shop)[4] == (30_00, 1, 30)
    shop.refunded(purchase)
    rows = QualifyingAmount.objects.order_by("id").values_list("spend", "orders", "points", "occurred_at")
    assert list(rows) == [(50_00, 1, 50, NOON), (-20_00, 0, -20, NOON), (-30_00, -1, -30, NOON)]


def test_a_part_counts_items_no_longer_and_the_whole_the_purchase(open_shop):
    meals = {"scope": "per_friend", "measure": "units:meals", "every": 100}
    shop = open_shop(policy(milestones=meals))
    purchase = shop.bought("bob", 50, items=[line(1000, quantity=5)])
    shop.refunded(purchase, lines=[{"index": 0, "quantity": 2}])
    assert has(shop)[5] == [("per_friend", "purchases", 1), ("per_friend", "units:meals", 3)]
    Counter.objects.all().delete()
    shop.bought("bob", 10)
    assert has(shop)[5] == [("per_friend", "purchases", 2), ("per_friend", "units:meals", 4)]
    shop.refunded(purchase)
    assert has(shop)[5] == [("per_friend", "purchases", 1), ("per_friend", "units:meals", 1)]


def test_milestones_and_grants_go_with_the_whole_purchase_only(open_shop):
    first = {"scope": "per_friend", "measure": "purchases", "at": [1]}
    shop = open_shop(policy(points=50, milestones=first), policy(give={"grant": {"option": "free-meal"}}))
    purchase = shop.bought("bob", 100)
    shop.refunded(purchase, amount=99_99)
    assert (shop.points("bob"), shop.grants("bob")) == (50, ["issued"])
    shop.refunded(purchase)
    assert (shop.points("bob"), shop.grants("bob")) == (0, ["revoked"])


def test_a_limit_gets_back_points_in_parts_and_the_award_with_the_whole(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR, limits={"per_customer": {"times": 1, "points": 80}}))
    purchase = shop.bought("bob", 100)
    shop.refunded(purchase, amount=50_00)
    assert LimitUse.objects.values_list("times", "points").get() == (1, 40)
    shop.refunded(purchase)
    assert LimitUse.objects.values_list("times", "points").get() == (0, 0)


@pytest.mark.parametrize(("left", "status", "points"), [(20_00, "rewarded", 500), (19_99, "reversed", 0)])
def test_a_referral_stands_while_what_stays_paid_is_enough(open_shop, left, status, points):
    shop = open_shop(policy("referrer", on="referral.qualified", points=500), minimum_qualifying_purchase=20_00)
    purchase = shop.bought("bob", 50, referral_code=shop.code("alice"))
    shop.refunded(purchase, amount=50_00 - left)
    assert (shop.referral("bob").status, shop.points("alice")) == (status, points)


def test_what_was_enough_then_counts_and_not_what_is_asked_today(open_shop):
    shop = open_shop(policy("referrer", on="referral.qualified", points=500), minimum_qualifying_purchase=10_00)
    purchase = shop.bought("bob", 50, referral_code=shop.code("alice"))
    shop.merchant.minimum_qualifying_purchase = 50_00
    shop.merchant.save()
    shop.refunded(purchase, amount=40_00)
    assert shop.points("alice") == 500


def test_a_referral_that_another_purchase_qualified_again_is_left_alone(open_shop):
    shop = open_shop(policy("referrer", on="referral.qualified", points=500), minimum_qualifying_purchase=20_00)
    first = shop.bought("bob", 50, referral_code=shop.code("alice"))
    shop.refunded(first, amount=40_00)
    shop.bought("bob", 50)
    shop.refunded(first)
    assert (shop.referral("bob").status, shop.points("alice")) == ("rewarded", 500)


@pytest.mark.parametrize(("policy_of_returns", "left"), [("owed", -30), ("forgive", 0), ("pending_only", 20)])
def test_the_return_policy_in_force_decides_about_each_part(open_shop, policy_of_returns, left):
    shop = open_shop(policy(give=PER_DOLLAR), terms={"return_policy": policy_of_returns})
    purchase = shop.bought("bob", 100)
    shop.spends("bob", 80)
    shop.refunded(purchase, amount=50_00)
    assert shop.points("bob") == left
    shop.wallet.return_policy = "owed"
    shop.wallet.save()
    shop.refunded(purchase)
    assert shop.points("bob") == left - 50


def test_refunds_never_come_to_more_than_was_paid(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    purchase = shop.bought("bob", 100)
    shop.refunds(purchase, amount=60_00)
    with pytest.raises(ExceedsPaid):
        shop.refunds(purchase, amount=40_01)
    shop.refunds(purchase, amount=40_00)
    with pytest.raises(AlreadyRefunded):
        shop.refunds(purchase, amount=1)
    shop.works()
    assert shop.points("bob") == 0


@pytest.mark.parametrize("other", [{}, {"amount": 11_00}, {"lines": [{"index": 0, "amount": 10_00}]}])
def test_a_known_id_with_other_content_is_a_conflict(open_shop, other):
    shop = open_shop()
    purchase = shop.buys("bob", 100)
    first = shop.refunds(purchase, "R", amount=10_00)
    assert shop.refunds(purchase, "R", amount=10_00).uuid == first.uuid
    with pytest.raises(RefundConflict):
        shop.refunds(purchase, "R", **other)


POLICIES = (
    policy(give={"points": {"per_currency_unit": "1.25", "categories": {"toys": 2}}}),
    policy(points=30, on_refund="keep"),
    policy(give={"points": {"per_unit": 3}}, limits={"per_customer": {"points": 20, "per": "day"}}),
    policy("referrer", points=7),
    policy("referrer", on="referral.qualified", points=500),
)
ITEMS = [line(333, quantity=3), line(1999, category="toys"), line(0)]
REFUNDS = (
    {"amount": 333},
    {"amount": 1},
    {"lines": [{"index": 0, "quantity": 1}]},
    {"lines": [{"index": 1, "amount": 500}, {"index": 2}]},
)


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(4)), st.sets(st.integers(-1, 3)))
def test_the_order_of_parts_and_of_their_purchase_changes_nothing(order, pauses):
    """Refunds that come before their purchase end as those that come after it."""
    shop = Shop(*POLICIES, minimum_qualifying_purchase=10_00)
    code = shop.code("alice")
    event = shop.event("bob", 25, items=ITEMS, referral_code=code)
    purchase_comes = min(pauses, default=0)
    for place in sorted({-1, *range(4)}):
        if place == purchase_comes:
            shop.accept(event)
        if place >= 0:
            shop.refunds_order(event.order_id, f"R-{order[place]}", **REFUNDS[order[place]])
        if place in pauses:
            shop.works()
    shop.works()
    some = {name: has(shop, name) for name in ("alice", "bob")}
    assert some["bob"][4][:2] == (25_00 - 333 - 1 - 277 - 500, 1)
    shop.refunds_order(event.order_id, "the rest")
    shop.works()
    assert has(shop, "alice")[:4] == (0, 0, 0, 0)
    assert has(shop, "bob")[:5] == (30, 0, 0, 30, (0, 0, 30))
    assert_books_are_right()
