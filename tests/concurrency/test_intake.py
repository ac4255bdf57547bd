"""The same facts arrive through many doors at the same moment."""

import pytest

from credits.models import Entry
from referrals.models import Customer, InboundEvent, Purchase
from rewards.models import Evaluation
from tests.concurrency.together import at_once
from tests.concurrency.trade import POINTS_A_PURCHASE, evaluate_everything

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_event_posted_by_32_clients_is_one_purchase_with_one_effect(shop):
    event = shop.event(1)
    doors = [shop.door() for _ in range(32)]
    answers = at_once(*[lambda door=door: door(event) for door in doors])
    assert sorted(answer.status_code for answer in answers) == [200] * 31 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    evaluate_everything()
    assert (Purchase.objects.count(), Evaluation.objects.count(), Entry.objects.count()) == (1, 1, 1)
    assert shop.points("bob") == POINTS_A_PURCHASE


def test_one_order_through_two_doors_is_one_purchase(shop):
    through_one_door = [shop.event(number) for number in range(50)]
    through_another = [shop.event(number, event_id=f"order-{number}/paid") for number in reversed(range(50))]
    outcomes = at_once(
        *[lambda: shop.accept(*through_one_door, source="api")] * 4,
        *[lambda: shop.accept(*through_another, source="shopify")] * 4,
    )
    kinds = [outcome.kind for each in outcomes for outcome in each]
    assert (kinds.count("accepted"), kinds.count("repeated")) == (50, 350)
    assert len({outcome.uuid for each in outcomes for outcome in each}) == 50
    assert (Purchase.objects.count(), InboundEvent.objects.count()) == (50, 100)
    evaluate_everything()
    assert shop.points("bob") == 50 * POINTS_A_PURCHASE


def test_an_order_that_two_doors_tell_differently_stands_as_one_of_them_told_it(shop):
    one, another = at_once(
        lambda: shop.accept(shop.event(1, total=1000)),
        lambda: shop.accept(shop.event(1, total=2000), source="shopify"),
    )
    assert sorted(outcome.kind for outcome in one + another) == ["accepted", "conflict"]
    evaluate_everything()
    assert shop.points("bob") == (10 if one[0].kind == "accepted" else 20)


def test_two_intakes_of_the_same_500_events_in_opposite_order_do_not_cross(shop):
    events = [shop.event(number, customer=f"customer-{number % 97}") for number in range(500)]
    outcomes = at_once(lambda: shop.accept(*events), lambda: shop.accept(*reversed(events)))
    kinds = [outcome.kind for each in outcomes for outcome in each]
    assert (kinds.count("accepted"), kinds.count("repeated")) == (500, 500)
    assert Purchase.objects.count() == Evaluation.objects.count() == 500
    assert Customer.objects.count() == 97


def test_a_customer_registered_20_times_at_once_is_one_customer_and_new_once(shop):
    enrolments = at_once(*[lambda: shop.enrol("bob")] * 20)
    assert Customer.objects.count() == 1
    assert [enrolment.is_new for enrolment in enrolments].count(True) == 1


def test_a_purchase_and_a_registration_that_name_the_same_new_customer_find_one_customer(shop):
    at_once(*[lambda: shop.enrol("bob"), lambda: shop.accept(shop.event(1))] * 8)
    assert Customer.objects.count() == 1
    assert Purchase.objects.get().customer.external_id == "bob"
    evaluate_everything()
    assert shop.points("bob") == POINTS_A_PURCHASE
