"""Web push: a browser says that it may be woken, and what its push service carries only the browser can read."""

import json
import time

import pytest
from cryptography.exceptions import InvalidTag

from config.lib import base64url
from fulfillment.models import Message, MessageState, PushSubscription
from fulfillment.services.notifications.browsers import subscribe_push
from fulfillment.services.notifications.push import public_key
from fulfillment.services.notifications.sending import WAITS, send_due_messages
from tests.factories.fulfillment import (
    MessageFactory,
    NotificationFactory,
    PushSubscriptionFactory,
    TechnicianFactory,
)
from tests.factories.referrals import NOON, CustomerFactory, UserFactory
from tests.fulfillment.browsers import Browser, point_of, private_key, signed_claims
from tests.fulfillment.receivers import changes_its_mind, says

pytestmark = pytest.mark.django_db
VAPID_KEY = "IQ9Ur0ykXoHS9gzfYX0aBjy9lvdrjx_PFUXmie9YRcY"
ADDRESS = "https://push.example.com/1"
# RFC 8291, appendix A.
RFC_BROWSER = Browser(
    private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), base64url.decode("BTBZMqHH6r4Tts7J_aSIgg")
)
RFC_BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


@pytest.fixture(autouse=True)
def vapid_key(settings):
    settings.VAPID_PRIVATE_KEY = VAPID_KEY


@pytest.fixture
def message():
    return MessageFactory(channel="push", notification__arguments={"points": 1250})


def subscribe(message, server, browser):
    return PushSubscriptionFactory(
        customer=message.notification.customer,
        endpoint=server.url,
        endpoint_hash=browser.auth.ljust(32),
        p256dh=browser.point,
        auth=browser.auth,
    )


def test_the_browsers_of_these_tests_read_what_the_standard_wrote():
    assert RFC_BROWSER.reads(base64url.decode(RFC_BODY)) == b"When I grow up, I want to be a watermelon"


def test_only_the_browser_reads_what_its_push_service_carries_and_it_is_signed_by_us(receiver, message):
    server, browser = receiver(says(201)), Browser()
    subscribe(message, server, browser)

    send_due_messages(now=NOON)

    (carried,) = server.requests
    said = browser.reads(carried.body).decode()
    assert "You received 1,250 points" in said
    assert str(message.uuid) in said
    with pytest.raises(InvalidTag):
        Browser(auth=browser.auth).reads(carried.body)
    assert (carried.headers["content-encoding"], carried.headers["ttl"]) == ("aes128gcm", "86400")
    claims, signer = signed_claims(carried.headers["authorization"])
    assert signer == point_of(private_key(VAPID_KEY)) == base64url.decode(public_key())
    assert claims["aud"] == f"http://127.0.0.1:{server.port}"
    assert time.time() < claims["exp"] < time.time() + 24 * 3600
    assert claims["sub"].startswith("mailto:")


def test_a_browser_that_is_gone_is_forgotten_and_one_that_is_away_stops_no_other(receiver, message):
    gone, away, there = receiver(says(410)), receiver(changes_its_mind(says(503), says(201))), receiver(says(201))
    for server in (gone, away, there):
        subscribe(message, server, Browser())

    send_due_messages(now=NOON)
    assert [len(server.requests) for server in (gone, away, there)] == [1, 1, 1]
    assert PushSubscription.objects.count() == 2
    assert Message.objects.get().state == MessageState.PENDING

    send_due_messages(now=NOON + WAITS[0])
    assert Message.objects.get().state == MessageState.SENT
    assert len(gone.requests) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://push.example.com/1"},
        {"endpoint": "https://127.0.0.1/1"},
        {"p256dh": base64url.encode(b"\4" + b"\1" * 64)},  # Of the right length, and on no curve.
        {"p256dh": "?"},
        {"auth": "AA"},
        {"auth": ""},
    ],
)
def test_a_browser_that_could_not_be_woken_is_refused(client, changed):
    client.force_login(CustomerFactory(user=UserFactory()).user)
    browser = Browser()
    said = {"endpoint": ADDRESS, "p256dh": base64url.encode(browser.point), "auth": base64url.encode(browser.auth)}

    assert client.post("/notifications/push/", said | changed).status_code == 400
    assert not PushSubscription.objects.exists()
    assert client.post("/notifications/push/", said).status_code == 201


def test_a_browser_is_woken_no_longer_when_its_customer_says_so_and_nobody_else(client):
    alice, bob, browser = CustomerFactory(user=UserFactory()), CustomerFactory(user=UserFactory()), Browser()
    for customer in (alice, bob):
        subscribe_push(reader=customer, endpoint=ADDRESS, p256dh=browser.point, auth=browser.auth, now=NOON)
    client.force_login(alice.user)

    client.post("/notifications/push/forget/", {"endpoint": ADDRESS})

    assert PushSubscription.objects.get().customer == bob


def test_a_technician_is_woken_for_a_new_job_on_the_browser_that_said_so(client, receiver):
    tina, browser, server = TechnicianFactory(), Browser(), receiver(says(201))
    client.force_login(tina.user)
    said = {"endpoint": server.url, "p256dh": base64url.encode(browser.point), "auth": base64url.encode(browser.auth)}
    assert client.post("/portal/push/", said).status_code == 201
    told = NotificationFactory(
        customer=None, merchant=tina.merchant, user=tina.user, kind="job_assigned", arguments={"reward": "Free meal"}
    )
    MessageFactory(notification=told, channel="push")

    send_due_messages(now=NOON)

    (carried,) = server.requests
    shown = json.loads(browser.reads(carried.body))
    assert (shown["title"], shown["page"]) == ("A new job: Free meal", "/portal/")
    client.post("/portal/push/forget/", {"endpoint": server.url})
    assert not PushSubscription.objects.exists()


def test_a_browser_is_known_again_after_the_key_of_hashes_was_changed(settings):
    alice, browser = CustomerFactory(), Browser()
    asked = {"reader": alice, "endpoint": ADDRESS, "p256dh": browser.point, "auth": browser.auth, "now": NOON}
    kept = subscribe_push(**asked)
    settings.LOOKUP_HASH_KEY = "ab" * 32
    assert subscribe_push(**asked) == kept


def test_without_a_key_of_ours_nothing_is_offered(client, settings):
    client.force_login(CustomerFactory(user=UserFactory()).user)
    assert public_key() in client.get("/notifications/settings/").text
    settings.VAPID_PRIVATE_KEY = ""
    assert "data-push" not in client.get("/notifications/settings/").text


def test_the_script_of_the_browser_is_for_all_pages_and_keeps_none(client):
    script = client.get("/service-worker.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "caches" not in script.text
    assert '"fetch"' not in script.text
