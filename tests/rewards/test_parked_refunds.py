"""Refunds that come before their purchases wait for them, and then are what they would have been afterwards."""

import pytest
from django.db import ProgrammingError, transaction

from config.lib.errors import NotFound
from credits.models import Entry
from referrals.models import Refund
from rewards.models import Evaluation
from rewards.services.refunds import RefundConflict, adopt_refunds
from tests.rewards.shop import PER_DOLLAR, policy


def test_a_parked_refund_orders_no_work_and_waits(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    accepted = shop.refunds_order("order-1", "R", amount=40_00)
    shop.works()
    assert (accepted.is_new, accepted.came_early) == (True, True)
    assert (Refund.objects.get().purchase, Evaluation.objects.count()) == (None, 0)


def test_it_is_applied_once_when_its_purchase_comes(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    event = shop.event("bob", 100)
    shop.refunds_order(event.order_id, "R", amount=40_00)
    shop.accept(event)
    assert [adopt_refunds(now=shop.now) for _ in range(2)] == [1, 0]
    shop.works()
    assert shop.points("bob") == 60
    assert shop.refunds_order(event.order_id, "R", amount=40_00).is_new is False
    assert Entry.objects.filter(kind="reversed").count() == 1


def test_it_counts_against_refunds_that_come_later(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    event = shop.event("bob", 100)
    shop.refunds_order(event.order_id, "early", amount=60_00)
    shop.refunds_order(event.order_id, "early too", amount=50_00)
    shop.accept(event)
    shop.works()
    assert list(Refund.objects.order_by("id").values_list("amount", "refusal")) == [
        (60_00, ""),
        (None, "refund_exceeds_paid"),
    ]
    assert shop.points("bob") == 40


def test_one_that_turns_out_too_large_is_refused_for_good_and_takes_nothing(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR))
    event = shop.event("bob", 100)
    shop.refunds_order(event.order_id, "R", amount=100_01)
    shop.accept(event)
    shop.works()
    refund = Refund.objects.get()
    assert (refund.purchase, refund.refusal) == (None, "refund_exceeds_paid")
    assert (shop.points("bob"), adopt_refunds(now=shop.now)) == (100, 0)
    assert shop.refunds_order(event.order_id, "R", amount=100_01).is_new is False


def test_the_same_id_with_other_content_is_a_conflict(open_shop):
    shop = open_shop()
    shop.refunds_order("order-1", "R", amount=1)
    for order_id, asked in (("order-1", {"amount": 2}), ("order-1", {}), ("order-2", {"amount": 1})):
        with pytest.raises(RefundConflict):
            shop.refunds_order(order_id, "R", **asked)


@pytest.mark.parametrize("reference", ["01936c54-8c5e-7d4a-8b2e-0123456789ab", " ", "x" * 101, "a\nb"])
def test_what_can_never_become_an_order_is_not_waited_for(open_shop, reference):
    with pytest.raises(NotFound):
        open_shop().refunds_order(reference)
    assert not Refund.objects.exists()


def test_another_merchants_order_of_that_id_is_not_its_purchase(open_shop):
    shop, other = open_shop(policy()), open_shop(policy())
    purchase = other.bought("bob")
    shop.refunds_order(purchase.order_id)
    shop.works()
    assert Refund.objects.get().purchase is None
    assert other.points("bob") == 100


@pytest.mark.parametrize("change", [{"refusal": "x", "refund_id": "other"}, {"asked": {"amount": 1}}])
def test_what_was_asked_never_changes_even_while_it_waits(open_shop, change):
    open_shop().refunds_order("order-1", "R")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Refund.objects.update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        Refund.objects.all().delete()


def test_what_was_refused_stays_refused(open_shop):
    shop = open_shop()
    shop.refunds_order("order-1", "R")
    Refund.objects.update(refusal="refund_exceeds_paid")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Refund.objects.update(refusal="")
