"""Receivers that fail, hang, drip, redirect to ourselves or pour: the others are told all the same, and in time."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.lib import outbound
from fulfillment.models import Delivery, DeliveryState
from fulfillment.services.webhooks import sending
from fulfillment.services.webhooks.schedule import WAITS
from fulfillment.services.webhooks.sending import send_due
from tests.factories.referrals import EventFactory, MerchantFactory
from tests.fulfillment.receivers import Receiver, babbles, drips, hangs, pours, says

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 5


def test_others_are_told_while_hostile_receivers_hold_their_connections(listening, relay, monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE_SECONDS", 3.0)
    inside = Receiver(says(204))
    redirects = says(
        302, f"Location: http://127.0.0.1:{inside.port}/admin/", f"X-Also: http://localhost:{inside.port}/"
    )
    hostile = {
        listening(MerchantFactory(), answer)[1]: expected
        for answer, expected in (
            (says(500), 500),
            (redirects, 302),
            (hangs, 0),
            (drips, 0),
            (babbles, 0),
            (pours, 200),
        )
    }
    good = [listening(MerchantFactory()) for _ in range(3)]
    for endpoint in [*hostile, *(endpoint for _, endpoint in good)]:
        for number in range(EACH):
            EventFactory(merchant=endpoint.merchant, subject_id=endpoint.pk * 100 + number)
    relay(timezone.now())

    finished = threading.Thread(target=send_all)
    finished.start()
    until = time.monotonic() + 60
    while sum(len(server.requests) for server, _ in good) < 3 * EACH and time.monotonic() < until:
        time.sleep(0.01)
    still_sending = finished.is_alive()
    finished.join()

    assert [len(server.requests) for server, _ in good] == [EACH] * 3
    assert still_sending, "the others were told before the hostile ones let go"
    assert inside.connections == 0
    for endpoint, status in hostile.items():
        for delivery in Delivery.objects.filter(endpoint=endpoint, attempts__gt=0):
            assert delivery.log[0]["status"] == status
            if status != 200:
                wait = delivery.due_at - timezone.datetime.fromisoformat(delivery.log[0]["at"])
                assert WAITS[0] <= wait <= WAITS[0] * 1.1, "the schedule is kept"
    told = Delivery.objects.filter(state=DeliveryState.DELIVERED)
    assert told.count() == 4 * EACH
    inside.close()


def send_all():
    try:
        send_due(clock=timezone.now, seconds=2)
    finally:
        connection.close()


def test_without_the_setting_nothing_on_this_machine_is_reached(listening, relay, settings):
    server, endpoint = listening(MerchantFactory())
    EventFactory(merchant=endpoint.merchant)
    now = timezone.now()
    relay(now)
    settings.OUTBOUND_LOOPBACK_ALLOWED = False

    assert send_due(clock=lambda: now + timedelta(seconds=1), seconds=1) == 1

    assert server.connections == 0
    assert Delivery.objects.get().log[0]["error"] == "forbidden_address"
    assert outbound.DEADLINE_SECONDS <= 15
