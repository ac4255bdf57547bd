"""A purchase event becomes a purchase and a work order, once, through whatever doors it comes and how often."""

from datetime import timedelta

import msgspec
import pytest

from referrals.models import Customer, CustomerTrace, InboundEvent, Purchase
from rewards.models import Evaluation
from rewards.models.evaluations import shard_of
from rewards.services.purchase_events import content_hash
from tests.factories.referrals import NOON, MerchantFactory
from tests.rewards.shop import Shop


@pytest.fixture
def shop(open_shop):
    return open_shop()


def kinds(outcomes):
    return [(outcome.kind, outcome.code) if outcome.code else outcome.kind for outcome in outcomes]


def other(event, **changes):
    return msgspec.structs.replace(event, **changes)


def test_an_event_becomes_a_fact_and_a_work_order(shop):
    event = shop.event("bob", 25.99, referral_code="7k3m-9qx2")
    (outcome,) = shop.accept(event)
    purchase = Purchase.objects.get(uuid=outcome.uuid)
    assert (purchase.customer.external_id, purchase.total, purchase.occurred_at) == ("bob", 2599, NOON)
    assert (purchase.referral_code, purchase.payment_status) == ("7K3M9QX2", "paid")
    assert purchase.lines[0]["sku"] == "SALAD"
    work = Evaluation.objects.get()
    assert (work.subject_type, work.subject_id, work.customer) == ("purchase", purchase.pk, purchase.customer)
    assert (work.trigger, work.state, work.due_at) == ("purchase.completed", "pending", NOON)
    assert work.shard == shard_of(purchase.customer_id)


def test_a_repetition_changes_nothing_and_is_answered_alike(shop):
    event = shop.event("bob")
    (first,), (second,) = shop.accept(event), shop.accept(event)
    assert (first.kind, second.kind, second.uuid) == ("accepted", "repeated", first.uuid)
    assert Purchase.objects.count() == Evaluation.objects.count() == InboundEvent.objects.count() == 1


def test_an_event_that_is_told_twice_in_one_list_is_one(shop):
    event = shop.event("bob")
    outcomes = shop.accept(event, other(event))
    assert kinds(outcomes) == ["accepted", "repeated"]
    assert outcomes[0].uuid == outcomes[1].uuid


def test_an_order_that_comes_through_two_doors_is_one(shop):
    event = shop.event("bob")
    (first,) = shop.accept(event, source="api")
    (second,) = shop.accept(other(event, event_id="file-1"), source="import")
    assert (second.kind, second.uuid) == ("repeated", first.uuid)
    assert Evaluation.objects.count() == 1


def test_an_order_that_is_told_in_two_events_of_one_list_is_one(shop):
    event = shop.event("bob")
    outcomes = shop.accept(event, other(event, event_id="event-again"))
    assert kinds(outcomes) == ["accepted", "repeated"]
    assert outcomes[0].uuid == outcomes[1].uuid


def test_the_same_event_id_through_another_door_is_another_event(shop):
    first, second = shop.event("bob"), shop.event("carol")
    shop.accept(first, source="api")
    assert kinds(shop.accept(other(second, event_id=first.event_id), source="import")) == ["accepted"]


def test_other_content_under_a_known_event_is_a_conflict_and_is_not_applied(shop):
    event = shop.event("bob", 10)
    shop.accept(event)
    for changes in ({"total": 99}, {"order_id": "other"}, {"referral_code": "OTHER"}):
        assert kinds(shop.accept(other(event, **changes))) == [("conflict", "event_conflict")]
    assert Purchase.objects.get().total == 1000
    delivery = InboundEvent.objects.get()
    assert (delivery.conflict_count, delivery.last_conflict_at, delivery.refused) == (3, NOON, False)


@pytest.mark.parametrize("changes", [{"total": 99}, {"customer": "carol"}])
def test_an_order_of_another_customer_or_total_is_a_conflict_however_often_it_is_told(shop, changes):
    event = shop.event("bob", 10)
    shop.accept(event)
    if "customer" in changes:
        changes = {"customer": other(event.customer, id="carol")}
    contrary = other(event, event_id="contrary", payment_fingerprint="card-1", **changes)
    for _ in range(2):
        assert kinds(shop.accept(contrary)) == [("conflict", "order_conflict")]
    assert Purchase.objects.get().total == 1000
    assert InboundEvent.objects.get(event_id="contrary").refused
    assert not CustomerTrace.objects.exists()


@pytest.mark.parametrize("cents", [1, 9999])
def test_of_two_events_of_one_list_that_contradict_each_other_the_first_counts(shop, cents):
    event = shop.event("bob", 10)
    outcomes = shop.accept(event, other(event, event_id="contrary", total=cents))
    assert kinds(outcomes) == ["accepted", ("conflict", "order_conflict")]
    assert Purchase.objects.get().total == 1000


def test_each_event_of_a_list_is_answered_in_its_place(shop):
    known, fresh = shop.event("bob"), shop.event("carol")
    shop.accept(known)
    outcomes = shop.accept(fresh, other(known, total=1), known, shop.event("dave"))
    assert kinds(outcomes) == ["accepted", ("conflict", "event_conflict"), "repeated", "accepted"]


def test_merchants_do_not_know_each_others_ids(shop):
    event = shop.event("bob")
    shop.accept(event)
    neighbour = Shop()
    assert kinds(neighbour.accept(event)) == ["accepted"]
    assert Customer.objects.filter(external_id="bob").count() == 2


def test_of_the_content_only_a_keyed_hash_is_kept(shop, settings):
    event = shop.event("bob", email="bob@example.com")
    shop.accept(event)
    kept = bytes(InboundEvent.objects.get().content_hash)
    assert kept == content_hash(event)
    settings.LOOKUP_HASH_KEY = "ab" * 32
    assert kept != content_hash(event)


def test_the_same_moment_in_another_zone_is_the_same_content(shop):
    event = shop.event("bob")
    elsewhere = event.occurred_at.astimezone(tz=None).astimezone()
    assert content_hash(event) == content_hash(other(event, occurred_at=elsewhere))
    assert content_hash(event) != content_hash(other(event, occurred_at=NOON + timedelta(seconds=1)))


def test_a_thousand_purchases_take_as_many_statements_as_ten(shop, django_assert_max_num_queries):
    for size in (10, 1000):
        events = [shop.event(f"customer-{number % 100}") for number in range(size)]
        with django_assert_max_num_queries(14):
            assert {outcome.kind for outcome in shop.accept(*events)} == {"accepted"}


def test_a_friends_purchase_queues_where_their_referrers_do(shop):
    code = shop.code("alice")
    shop.joins("bob", code=code)
    purchase = shop.buys("bob")
    work = Evaluation.objects.get(subject_id=purchase.pk, trigger="purchase.completed")
    assert work.shard == shard_of(shop.customer("alice").pk)


def test_an_empty_list_is_no_work(shop):
    assert shop.accept() == []
    assert MerchantFactory._meta.model.objects.count() == 1
