"""Purchases that other systems publish: each is recorded once, whoever dies, and what cannot be taken is kept aside."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from uuid import uuid4

import pytest
from django.db import connection
from kombu import Connection

from referrals.models import InboundEvent, Merchant, Purchase, RefusedMessage
from rewards.management.bus import PurchaseConsumer, bus
from rewards.tasks import take_in_purchase
from tests.api.caller import cut_connection, purchase
from tests.concurrency.processes import PROJECT, environment, is_taking_time, redis_url, slow_inserts, wait_until

MESSAGES = 200


@pytest.fixture
def publish(settings):
    """Publish messages on a bus of this test's own, as another system does; bytes go as they are."""
    settings.PURCHASES_BUS_URL, settings.PURCHASES_BUS_QUEUE = redis_url(0), f"purchases-{uuid4()}"

    def send(*messages):
        with Connection(settings.PURCHASES_BUS_URL) as broker:
            queue = broker.SimpleQueue(settings.PURCHASES_BUS_QUEUE)
            for message in messages:
                body = message if isinstance(message, bytes) else json.dumps(message).encode()
                queue.put(body, content_type="application/json", content_encoding="utf-8", serializer=None)

    return send


@pytest.fixture
def dead_letters(settings):
    """What was put aside, each with the reason."""

    def read():
        with Connection(settings.PURCHASES_BUS_URL) as broker:
            queue = broker.SimpleQueue(f"{settings.PURCHASES_BUS_QUEUE}.dead", no_ack=True)
            with suppress(queue.Empty):
                while True:
                    message = queue.get(block=False)
                    yield bytes(message.body), message.headers["reason"]

    return read


def told(merchant, number=0, **changes):
    """A message about an order of its own, with changes."""
    named = {"event_id": f"event-{number}", "order_id": f"order-{number}"}
    return {"merchant": merchant, "purchase": purchase(**named | changes)}


def consume():
    """Take in whatever is on the bus."""
    consumer = PurchaseConsumer(bus())
    with suppress(TimeoutError):
        for _ in consumer.consume(timeout=0.3, safety_interval=0.05):
            pass


@pytest.mark.django_db
def test_a_message_is_the_apis_purchase_with_its_merchant(shop, publish):
    publish(told(shop.slug, 1), told(str(shop.uuid), 2), told(shop.slug, 1), *[told(shop.slug, n) for n in range(150)])
    consume()
    assert Purchase.objects.filter(merchant=shop).count() == InboundEvent.objects.filter(source="bus").count() == 150
    assert RefusedMessage.objects.count() == 0


@pytest.mark.django_db
def test_poison_is_put_aside_with_its_reason_and_stops_nobody(shop, publish, dead_letters):
    poison = {
        "invalid": b'{"merchant":',
        "unknown_merchant": told("nobody"),
        "other_currency": told(shop.slug, 3, currency="EUR"),
        "order_conflict": told(shop.slug, 4, order_id="order-1", total=1),
    }
    publish(told(shop.slug, 1), *poison.values(), b"\xff" * 300_000, told(shop.slug, 2))
    consume()

    assert set(Purchase.objects.values_list("order_id", flat=True)) == {"order-1", "order-2"}
    kept = list(dead_letters())
    assert sorted(reason for _, reason in kept) == sorted([*poison, "invalid"])
    assert (b'{"merchant":', "invalid") in kept
    reasons = RefusedMessage.objects.values_list("merchant__slug", "reason")
    assert set(reasons) == {
        (None, "invalid"),
        (None, "unknown_merchant"),
        (shop.slug, "other_currency"),
        (shop.slug, "order_conflict"),
    }


@pytest.mark.django_db(transaction=True)
def test_what_only_the_database_refuses_is_put_aside_alone(shop, publish, dead_letters):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE referrals_purchase ADD CONSTRAINT odd CHECK (order_id <> 'order-1')")
    try:
        publish(*[told(shop.slug, number) for number in range(3)])
        consume()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE referrals_purchase DROP CONSTRAINT odd")
    assert set(Purchase.objects.values_list("order_id", flat=True)) == {"order-0", "order-2"}
    assert [reason for _, reason in dead_letters()] == ["cannot_be_stored"]


@pytest.mark.django_db(transaction=True)
def test_while_postgresql_is_away_messages_wait(shop, publish):
    publish(told(shop.slug))
    cut_connection()
    consume()
    assert Purchase.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_200_messages_are_stored_once_though_one_of_two_consumers_is_killed(shop, publish, settings):
    publish(*[told(shop.slug, number) for number in range(MESSAGES)])
    with slow_inserts("referrals_purchase", 0.3):
        doomed, _ = consumers = [consumer(settings, name) for name in ("doomed", "other")]
        try:
            assert wait_until(lambda: is_taking_time("doomed"))
            doomed.kill()
            assert wait_until(lambda: Purchase.objects.count() == MESSAGES)
        finally:
            for process in consumers:
                process.send_signal(signal.SIGTERM)
            codes = [process.wait(20) for process in consumers]
    assert codes == [-signal.SIGKILL, 0]
    assert Purchase.objects.values("order_id").distinct().count() == Purchase.objects.count() == MESSAGES
    assert InboundEvent.objects.filter(conflict_count=0).count() == MESSAGES


def consumer(settings, name):
    """A consumer process, whose database connection has this name."""
    bus_of_this_test = {
        "PURCHASES_BUS_URL": settings.PURCHASES_BUS_URL,
        "PURCHASES_BUS_QUEUE": settings.PURCHASES_BUS_QUEUE,
        "PURCHASES_BUS_REDELIVERY_SECONDS": "2",
    }
    words = [sys.executable, "manage.py", "consume_purchases"]
    return subprocess.Popen(words, cwd=PROJECT, env=environment(PGAPPNAME=name, **bus_of_this_test))


@pytest.mark.django_db
def test_another_system_may_send_a_task_instead(shop):
    for _ in range(2):
        take_in_purchase(**told(shop.slug))
    take_in_purchase(**told("nobody"))
    take_in_purchase(merchant=shop.slug, purchase=["nonsense"], sent_by="a newer version")
    for odd in ("half of a character: \ud800", 2**70):
        take_in_purchase(merchant=shop.slug, purchase={"order_id": odd})

    assert Purchase.objects.get().merchant == Merchant.objects.get(pk=shop.pk)
    assert InboundEvent.objects.get().source == "task"
    assert set(RefusedMessage.objects.values_list("reason", flat=True)) == {"unknown_merchant", "invalid"}
