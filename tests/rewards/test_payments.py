"""A purchase that was told before it was paid: its points wait, until it is paid or never will be."""

import pytest

from credits.models import Entry
from referrals.models import Payment, Purchase
from rewards.models import Evaluation
from rewards.services.payments import PaymentConflict
from rewards.services.refunds import NeverPaid
from tests.rewards.shop import PER_DOLLAR, policy

QUALIFIED = policy("referrer", on="referral.qualified", points=500)
JOINED = policy("referee", on="referral.joined", points=20)
KEPT = policy(points=3, on_refund="keep")
MEAL = policy(give={"grant": {"option": "free-meal"}})


def unpaid(shop, dollars=100, **said):
    """A purchase that is not paid yet, evaluated."""
    return shop.bought("bob", dollars, payment_status="pending", **said)


def sums(shop, name="bob"):
    account = shop.account(name)
    return account.available, account.pending, account.owed


def claims(shop, name="bob"):
    account = shop.account(name)
    return account.qualifying_spend, account.qualifying_orders, account.qualifying_points


def test_once_it_is_paid_its_points_can_be_spent_and_it_counts(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), JOINED, QUALIFIED)
    purchase = unpaid(shop, referral_code=shop.code("alice"))
    assert (sums(shop), claims(shop), shop.referral("bob").status) == ((0, 120, 0), (0, 0, 0), "joined")
    shop.settles(purchase, "paid")
    assert (sums(shop), claims(shop)) == ((120, 0, 0), (100_00, 1, 120))
    assert (shop.referral("bob").status, sums(shop, "alice")) == ("rewarded", (500, 0, 0))
    assert shop.account("bob").tier.code == "silver"


def test_what_was_paid_at_last_is_undone_like_any_other_purchase(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), JOINED, QUALIFIED)
    purchase = unpaid(shop, referral_code=shop.code("alice"))
    shop.settles(purchase, "paid")
    shop.refunded(purchase, amount=50_00)
    assert (sums(shop), claims(shop), sums(shop, "alice")) == ((70, 0, 0), (50_00, 1, 70), (500, 0, 0))
    shop.refunded(purchase)
    assert (sums(shop), claims(shop), sums(shop, "alice")) == ((0, 0, 0), (0, 0, 0), (0, 0, 0))
    assert (shop.referral("bob").status, shop.account("bob").tier.code) == ("reversed", "bronze")


def test_what_was_paid_back_before_stays_away(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), QUALIFIED, minimum_qualifying_purchase=60_00)
    purchase = unpaid(shop, referral_code=shop.code("alice"))
    shop.refunded(purchase, amount=50_00)
    assert sums(shop) == (0, 50, 0)
    shop.settles(purchase, "paid")
    assert (sums(shop), claims(shop), shop.referral("bob").status) == ((50, 0, 0), (50_00, 1, 50), "joined")


def test_a_debt_is_repaid_first(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    spent = shop.bought("bob", 30)
    shop.spends("bob", 30)
    shop.refunded(spent)
    shop.settles(unpaid(shop), "paid")
    assert sums(shop) == (70, 0, 0)


def test_what_never_is_paid_vanishes_with_all_that_it_caused(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), JOINED, QUALIFIED, KEPT, MEAL)
    shop.bought("carol", 7)
    purchase = unpaid(shop, referral_code=shop.code("alice"))
    assert sums(shop) == (0, 123, 0)
    shop.settles(purchase, "voided")
    assert (sums(shop), claims(shop), shop.account("bob").lifetime_points) == ((0, 0, 0), (0, 0, 0), 0)
    assert (shop.grants("bob"), shop.referral("bob").status) == (["revoked"], "joined")
    assert set(Entry.objects.filter(points__lt=0).values_list("reason", flat=True)) == {"payment.voided"}
    assert shop.points("carol") == 10
    with pytest.raises(NeverPaid):
        shop.refunds(purchase)


def test_what_was_partly_paid_back_and_is_voided_vanishes_too(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), KEPT)
    purchase = unpaid(shop)
    shop.refunds(purchase, amount=30_00)
    shop.settles(purchase, "voided")
    assert sums(shop) == (0, 0, 0)


@pytest.mark.parametrize("status", ["paid", "voided"])
def test_a_purchase_is_settled_once(open_shop, status):
    shop = open_shop(policy(give=PER_DOLLAR))
    purchase = unpaid(shop)
    assert [shop.settles(purchase, status).is_new for _ in range(2)] == [True, False]
    with pytest.raises(PaymentConflict):
        shop.settles(purchase, "voided" if status == "paid" else "paid")
    assert Payment.objects.count() == Evaluation.objects.filter(trigger="payment.settled").count() == 1


def test_what_was_paid_from_the_beginning_needs_no_payment(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    purchase = shop.bought("bob")
    assert shop.settles(purchase, "paid").is_new is False
    with pytest.raises(PaymentConflict):
        shop.settles(purchase, "voided")
    assert not Payment.objects.exists()


def test_a_payment_that_comes_before_the_evaluation_waits_for_it(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    purchase = shop.buys("bob", 100, payment_status="pending")
    shop.settles(purchase, "paid")
    assert (sums(shop), claims(shop)) == ((100, 0, 0), (100_00, 1, 100))


def test_a_later_event_of_the_order_may_say_that_it_is_paid(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    first = shop.event("bob", 100, payment_status="pending")
    later = shop.event("bob", 100, order_id=first.order_id)
    after_all = shop.event("bob", 100, order_id=first.order_id, payment_status="pending")
    outcomes = [shop.accept(event)[0].kind for event in (first, later, later, after_all)]
    shop.works()
    assert outcomes == ["accepted", "repeated", "repeated", "repeated"]
    assert (Payment.objects.count(), sums(shop)) == (1, (100, 0, 0))


def test_an_event_changes_nothing_about_what_is_known_never_to_be_paid(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    event = shop.event("bob", 100, payment_status="pending")
    shop.accept(event)
    shop.settles(Purchase.objects.get(), "voided")
    shop.accept(shop.event("bob", 100, order_id=event.order_id))
    shop.works()
    assert sums(shop) == (0, 0, 0)
