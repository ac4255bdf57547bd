"""A refund takes back exactly what its purchase gave, as it was decided then; nothing more, nothing less, and once."""

import pytest

from credits.models import Entry, QualifyingAmount
from rewards.models import Counter, Evaluation, LimitUse, RewardOption
from rewards.services.evaluation.queue import run_again
from rewards.services.refunds import AlreadyRefunded, RefundConflict
from tests.factories.referrals import NOON
from tests.rewards.shop import MINUTE, PER_DOLLAR, Shop, evaluation_of, policy

MEAL = {"grant": {"option": "free-meal"}}
FIRST_AND_THIRD = {"scope": "per_friend", "measure": "purchases", "at": [1, 3]}


def sums(shop, name):
    account = shop.account(name)
    return account.available, account.pending, account.owed


def test_points_are_taken_back_from_the_buyer_and_from_the_referrer(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), policy("referrer", points=7))
    purchase = shop.bought("bob", 25, referral_code=shop.code("alice"))
    shop.bought("bob", 10)
    shop.refunded(purchase)
    assert (shop.points("bob"), shop.points("alice")) == (10, 7)
    taken = Entry.objects.filter(kind="reversed", source_type="refund")
    assert sorted(taken.values_list("points", flat=True)) == [-25, -7]


def test_what_joining_and_qualifying_gave_is_taken_back_too(open_shop):
    shop = open_shop(
        policy("referee", on="referral.joined", points=20), policy("referrer", on="referral.qualified", points=500)
    )
    purchase = shop.bought("bob", referral_code=shop.code("alice"))
    assert (shop.points("bob"), shop.points("alice")) == (20, 500)
    shop.refunded(purchase)
    assert (shop.points("bob"), shop.points("alice")) == (0, 0)


def test_the_decision_counts_and_never_what_policies_say_today(open_shop):
    shop = open_shop(policy(points=100))
    purchase = shop.bought("bob")
    shop.publish(policy(points=9999, on_refund="keep"), shop.policies[0], number=2)
    shop.publish(policy(points=50))
    shop.bought("bob")
    shop.refunded(purchase)
    assert shop.points("bob") == 9999 + 50


def test_what_a_policy_lets_its_customers_keep_is_kept(open_shop):
    shop = open_shop(policy(points=30, on_refund="keep"), policy(points=5), policy(give=MEAL, on_refund="keep"))
    shop.refunded(shop.bought("bob"))
    assert (shop.points("bob"), shop.grants("bob")) == (30, ["issued"])


def test_grants_are_revoked(open_shop):
    shop = open_shop(policy(give=MEAL), policy("referrer", give=MEAL))
    purchase = shop.bought("bob", referral_code=shop.code("alice"))
    shop.bought("bob")
    shop.refunded(purchase)
    assert (shop.grants("bob"), shop.grants("alice")) == (["revoked", "issued"], ["revoked", "issued"])


def test_a_refund_counts_the_purchase_no_longer_but_pays_no_milestone_twice(open_shop):
    shop = open_shop(policy("referrer", give=MEAL, milestones=FIRST_AND_THIRD))
    code = shop.code("alice")
    for _ in range(2):
        shop.refunded(shop.bought("bob", referral_code=code))
    shop.bought("bob")
    assert shop.grants("alice") == ["revoked"]
    assert Counter.objects.get(customer=shop.customer("bob")).amount == 1
    shop.bought("bob")
    shop.bought("bob")
    assert shop.grants("alice") == ["revoked", "issued"]


def test_what_was_used_of_a_limit_can_be_used_again(open_shop):
    shop = open_shop(policy(limits={"per_customer": {"times": 1, "per": "day"}}))
    first = shop.bought("bob", at=NOON)
    shop.bought("bob", at=NOON)
    assert shop.points("bob") == 100
    shop.refunded(first)
    assert LimitUse.objects.get().times == 0
    shop.bought("bob", at=NOON)
    assert shop.points("bob") == 100


def test_claims_to_a_tier_are_taken_back_dated_like_the_purchase(open_shop):
    shop = open_shop(policy(points=100))
    shop.refunded(shop.bought("bob", 50, at=NOON))
    rows = QualifyingAmount.objects.order_by("id").values_list("spend", "orders", "points", "occurred_at")
    assert list(rows) == [(50_00, 1, 100, NOON), (-50_00, -1, -100, NOON)]


def test_what_is_kept_keeps_its_claim_to_a_tier(open_shop):
    shop = open_shop(
        policy(points=30, on_refund="keep"),
        policy(points=4, on_refund="keep"),
        policy(points=5),
        policy(give=MEAL, on_refund="keep"),
    )
    shop.refunded(shop.bought("bob", 50))
    account = shop.account("bob")
    assert (account.qualifying_spend, account.qualifying_orders, account.qualifying_points) == (0, 0, 34)


def test_a_rise_is_undone_by_the_refund_of_the_purchase_that_brought_it(open_shop):
    shop = open_shop()
    small, large = shop.bought("bob", 10), shop.bought("bob", 95)
    assert shop.account("bob").tier.code == "silver"
    shop.refunded(large)
    assert shop.account("bob").tier.code == "bronze"
    shop.refunded(small)
    assert shop.account("bob").tier.code == "bronze"


def test_a_rise_that_another_purchase_brought_stays(open_shop):
    shop = open_shop()
    small = shop.bought("bob", 10)
    shop.bought("bob", 95)
    shop.refunded(small)
    assert shop.account("bob").tier.code == "silver"


def test_a_rise_that_what_remains_justifies_stays(open_shop):
    shop = open_shop()
    first = shop.bought("bob", 100)
    shop.bought("bob", 100)
    shop.refunded(first)
    assert shop.account("bob").tier.code == "silver"


def test_a_referral_is_reversed_and_a_later_purchase_qualifies_it_again(open_shop):
    shop = open_shop(policy("referrer", on="referral.qualified", points=500))
    purchase = shop.bought("bob", referral_code=shop.code("alice"))
    shop.refunded(purchase)
    assert (shop.referral("bob").status, shop.points("alice")) == ("reversed", 0)
    shop.bought("bob")
    assert (shop.referral("bob").status, shop.points("alice")) == ("rewarded", 500)


def test_the_refund_of_a_later_purchase_leaves_the_referral_as_it_is(open_shop):
    shop = open_shop(policy("referrer", on="referral.qualified", points=500))
    shop.bought("bob", referral_code=shop.code("alice"))
    shop.refunded(shop.bought("bob"))
    assert (shop.referral("bob").status, shop.points("alice")) == ("rewarded", 500)


@pytest.mark.django_db
def test_spent_points_become_a_debt_that_the_next_purchase_repays():
    shop = Shop(policy(give=PER_DOLLAR))
    purchase = shop.bought("bob", 500)
    shop.spends("bob", 500)
    shop.refunded(purchase)
    assert sums(shop, "bob") == (0, 0, 500)
    shop.bought("bob", 700)
    assert sums(shop, "bob") == (200, 0, 0)


def test_pending_points_are_taken_back_from_pending(open_shop):
    shop = open_shop(policy())
    purchase = shop.bought("bob", payment_status="pending")
    assert sums(shop, "bob") == (0, 100, 0)
    shop.refunded(purchase)
    assert sums(shop, "bob") == (0, 0, 0)


@pytest.mark.parametrize("waiting", [True, False], ids=["before it is evaluated", "after"])
def test_a_refund_that_is_told_twice_is_one(open_shop, waiting):
    shop = open_shop(policy())
    purchase = shop.bought("bob")
    first = shop.refunds(purchase, "R")
    if not waiting:
        shop.works()
    second = shop.refunds(purchase, "R")
    shop.works()
    assert (first.is_new, second.is_new, second.uuid) == (True, False, first.uuid)
    assert shop.points("bob") == 0
    assert Entry.objects.count() == 2


def test_a_purchase_is_refunded_once(open_shop):
    shop = open_shop()
    purchase = shop.buys("bob")
    shop.refunds(purchase, "R-1")
    with pytest.raises(AlreadyRefunded):
        shop.refunds(purchase, "R-2")


def test_a_refund_id_belongs_to_one_purchase(open_shop):
    shop = open_shop()
    shop.refunds(shop.buys("bob"), "R")
    with pytest.raises(RefundConflict):
        shop.refunds(shop.buys("bob"), "R")


def test_a_refund_of_a_purchase_that_waits_waits_too_and_then_applies(open_shop):
    shop = open_shop(policy())
    purchase = shop.buys("bob")
    Evaluation.objects.update(due_at=shop.now + MINUTE)
    shop.refunds(purchase)
    shop.works(later=MINUTE / 2)
    refund = Evaluation.objects.get(trigger="purchase.refunded")
    assert (refund.state, refund.attempts) == ("pending", 0)
    shop.works(later=MINUTE)
    shop.works()
    refund.refresh_from_db()
    assert (refund.state, shop.points("bob"), Entry.objects.count()) == ("done", 0, 2)


def test_a_refund_of_a_purchase_that_failed_waits_for_staff_and_then_applies(open_shop):
    shop = open_shop(policy(), policy(give={"grant": {"option": "missing"}}))
    purchase = shop.buys("bob")
    Evaluation.objects.update(state="failed", attempts=5)
    shop.refunds(purchase)
    for _ in range(6):
        shop.works(later=MINUTE * 2)
    refund = Evaluation.objects.get(trigger="purchase.refunded")
    assert (refund.state, refund.failure.split(":")[0]) == ("failed", "PurchaseFailed")
    RewardOption.objects.filter(pk=shop.meal.pk).update(code="missing")
    run_again(evaluation_ids=[evaluation_of(purchase).pk, refund.pk], now=shop.now)
    shop.works()
    assert (shop.points("bob"), shop.grants("bob")) == (0, ["revoked"])


def test_what_was_taken_back_is_kept_with_the_refund(open_shop):
    shop = open_shop(policy())
    shop.refunded(shop.bought("bob"))
    taken = {"entry": Entry.objects.get(kind="earned").pk, "customer": shop.customer("bob").pk}
    decision = Evaluation.objects.get(trigger="purchase.refunded").decision
    assert decision == {
        "return_policy": "owed",
        "whole": True,
        "taken_back": [{**taken, "points": 100, "taken": 100}],
    }
