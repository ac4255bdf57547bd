"""A browser that says it may be woken, and shows what it is woken for; only the push service is a double."""

import json

import pytest

from config.lib import base64url
from fulfillment.models import PushSubscription
from fulfillment.services.notifications.push import public_key
from tests.factories.referrals import CustomerFactory, MerchantFactory, UserFactory
from tests.fulfillment.browsers import Browser
from tests.fulfillment.test_push import ADDRESS, VAPID_KEY

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "orchard.localhost"
PUSH_SERVICE = """
    let subscription = null;
    PushManager.prototype.getSubscription = async () => subscription;
    PushManager.prototype.subscribe = async (asked) => {
        if (asked.applicationServerKey !== "%s") throw new Error("It is not our key.");
        const told = %s;
        const unsubscribe = async () => { subscription = null; };
        subscription = { endpoint: told.endpoint, toJSON: () => told, unsubscribe };
        return subscription;
    };
"""
SHOWN = """async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map((each) => [each.title, each.body, each.data]);
}"""


def registrations_of(session):
    """What the browser knows of the scripts that were registered."""
    found = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    return found


def test_a_customer_lets_this_device_be_told_sees_a_notification_and_ends_it(visit, settings):
    settings.VAPID_PRIVATE_KEY = VAPID_KEY
    browser = Browser()
    keys = {"p256dh": base64url.encode(browser.point), "auth": base64url.encode(browser.auth)}
    alice = CustomerFactory(merchant=MerchantFactory(domain=HOST), user=UserFactory())
    visitor = visit(HOST)
    page = visitor.page
    page.context.grant_permissions(["notifications"], origin=visitor.address)
    page.add_init_script(PUSH_SERVICE % (public_key(), json.dumps({"endpoint": ADDRESS, "keys": keys})))
    visitor.sign_in(alice.user.email, "a-good-password", at="/notifications/settings/")

    page.get_by_role("button", name="Tell this device").click()
    page.get_by_text("This device is told from now on.").wait_for()
    assert visitor.barriers() == []
    kept = PushSubscription.objects.get(customer=alice)
    assert (kept.endpoint, bytes(kept.p256dh), bytes(kept.auth)) == (ADDRESS, browser.point, browser.auth)

    session = page.context.new_cdp_session(page)
    registrations = registrations_of(session)
    page.wait_for_function("navigator.serviceWorker.ready.then((it) => Boolean(it.active))")
    said = json.dumps({"title": "You rise", "text": "Silver", "id": "1", "page": "/notifications/"})
    told = {"origin": visitor.address, "registrationId": registrations[-1]["registrationId"], "data": said}
    for _ in range(2):  # What comes twice is shown once.
        session.send("ServiceWorker.deliverPushMessage", told)
    page.wait_for_function(f"({SHOWN})().then((shown) => shown.length)")
    assert page.evaluate(SHOWN) == [["You rise", "Silver", f"{visitor.address}/notifications/"]]

    page.get_by_role("button", name="Tell it no longer").click()
    page.get_by_text("This device is no longer told.").wait_for()
    assert not PushSubscription.objects.exists()


def test_without_javascript_there_is_no_button(visit, settings):
    settings.VAPID_PRIVATE_KEY = VAPID_KEY
    alice = CustomerFactory(merchant=MerchantFactory(domain=HOST), user=UserFactory())
    visitor = visit(HOST, javascript=False)
    visitor.sign_in(alice.user.email, "a-good-password", at="/notifications/settings/")
    visitor.page.get_by_role("button", name="Keep it").wait_for()
    assert visitor.page.get_by_role("button", name="Tell this device").count() == 0
