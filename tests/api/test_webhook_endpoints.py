"""Webhook endpoints over the API: made, changed, tried out, and what they were told."""

import jsonschema
import pytest

from config.lib.errors import NotFound
from fulfillment.api.deliveries import DELIVERIES, DELIVERY
from fulfillment.api.webhook_endpoints import ENDPOINT, ENDPOINT_WITH_SECRET, ENDPOINTS
from fulfillment.models import Delivery, EndpointState, WebhookEndpoint
from fulfillment.services.webhooks.endpoints import ENDPOINTS_MAX, change_endpoint, remove_endpoint, rotate_secret
from tests.api.caller import assert_problem
from tests.factories.fulfillment import DeliveryFactory, WebhookEndpointFactory
from tests.factories.referrals import NOON

pytestmark = pytest.mark.django_db
PATH = "/api/v1/webhook-endpoints"
BODY = {"url": "https://shop.example.com/hooks", "events": ["tier.changed", "points.*"]}


@pytest.fixture
def made(api):
    return api.post(PATH, BODY).json()


def checked(answer, status, shape):
    assert answer.status_code == status, answer.content
    jsonschema.Draft202012Validator(shape).validate(answer.json())
    assert answer.json().keys() <= shape["properties"].keys()
    return answer.json()


def test_an_endpoint_is_made_and_its_secret_is_shown_this_once(api):
    made = checked(api.post(PATH, BODY), 201, ENDPOINT_WITH_SECRET)

    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["points.*", "tier.changed"]
    read = checked(api.get(f"{PATH}/{made['id']}"), 200, ENDPOINT)
    assert checked(api.get(PATH), 200, ENDPOINTS)["endpoints"] == [read]
    assert "secret" not in read


def test_a_secret_is_rotated(api, made):
    rotated = checked(api.post(f"{PATH}/{made['id']}/secret", {}), 200, ENDPOINT_WITH_SECRET)
    assert rotated["secret"] != made["secret"]
    assert WebhookEndpoint.objects.get().previous_secret == made["secret"]


def test_it_is_changed_disabled_and_removed(api, made):
    path = f"{PATH}/{made['id']}"
    changed = checked(api.send("PATCH", path, {"events": ["*"], "enabled": False}), 200, ENDPOINT)
    assert (changed["events"], changed["state"], changed["url"]) == (["*"], "disabled", BODY["url"])
    assert_problem(api.post(f"{path}/test", {}), 409, "endpoint_disabled")
    assert api.send("DELETE", path, b"").status_code == 204
    assert_problem(api.get(path), 404, "not_found")
    assert WebhookEndpoint.objects.get().secret == ""


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://shop.example.com/"}, "/url"),
        ({"url": "https://10.0.0.1/"}, "/url"),
        ({"url": "https://localhost:8443/"}, "/url"),
        ({"url": 7}, "/url"),
        ({**BODY, "events": ["points.lost"]}, "/events"),
        ({**BODY, "events": []}, "/events"),
        ({**BODY, "events": [7]}, "/events/0"),
    ],
)
def test_what_cannot_be_used_is_refused(api, body, pointer):
    answer = assert_problem(api.post(PATH, body), 400)
    assert [each["pointer"] for each in answer["errors"]] == [pointer]
    assert not WebhookEndpoint.objects.exists()


def test_there_are_at_most_fifty(api, shop):
    WebhookEndpointFactory.create_batch(ENDPOINTS_MAX, merchant=shop)
    assert_problem(api.post(PATH, BODY), 409, "too_many_endpoints")


def test_a_test_is_queued_and_stands_in_the_log(api, made):
    path = f"{PATH}/{made['id']}"
    queued = checked(api.post(f"{path}/test", {}), 202, DELIVERY)
    assert (queued["type"], queued["state"]) == ("webhook.test", "pending")
    assert checked(api.get(f"{path}/deliveries"), 200, DELIVERIES)["deliveries"] == [queued]


def test_the_log_comes_in_pages_and_a_delivery_is_had_again(api, shop):
    endpoint = WebhookEndpointFactory(merchant=shop)
    old = [DeliveryFactory(endpoint=endpoint, state="failed", ended_at=endpoint.created_at) for _ in range(3)]
    path = f"{PATH}/{endpoint.uuid}"

    first = checked(api.get(f"{path}/deliveries?page_size=2"), 200, DELIVERIES)
    rest = checked(api.get(f"{path}/deliveries?page_size=2&cursor={first['next']}"), 200, DELIVERIES)
    assert [each["id"] for each in first["deliveries"] + rest["deliveries"]] == [str(d.uuid) for d in reversed(old)]
    assert rest["next"] is None

    again = checked(api.post(f"{path}/deliveries/{old[0].uuid}/replay", {}), 202, DELIVERY)
    assert (again["state"], again["message_id"]) == ("pending", str(old[0].message_id))
    assert api.post(f"{path}/replay", {"since": "2026-11-20T00:00:00Z"}).json() == {"deliveries": 0}


def test_of_another_merchants_nothing_is_found(api, new_merchant):
    endpoint = WebhookEndpointFactory(merchant=new_merchant("elsewhere"))
    delivery = DeliveryFactory(endpoint=endpoint)
    path = f"{PATH}/{endpoint.uuid}"
    calls = [
        ("GET", path, b""), ("PATCH", path, {"enabled": False}), ("DELETE", path, b""), ("POST", f"{path}/secret", {}),
        ("POST", f"{path}/test", {}), ("GET", f"{path}/deliveries", b""), ("GET", f"{PATH}/nonsense", b""),
        ("POST", f"{path}/replay", {"since": "2026-11-20T00:00:00Z"}),
        ("POST", f"{path}/deliveries/{delivery.uuid}/replay", {}),
    ]  # fmt: skip
    for call in calls:
        assert_problem(api.send(*call), 404, "not_found")
    endpoint.refresh_from_db()
    assert endpoint.state == "enabled"
    assert Delivery.objects.count() == 1


def test_a_delivery_of_another_endpoint_is_not_found(api, shop, made):
    delivery = DeliveryFactory(endpoint__merchant=shop)
    assert_problem(api.post(f"{PATH}/{made['id']}/deliveries/{delivery.uuid}/replay", {}), 404, "not_found")


def test_an_endpoint_that_was_removed_never_comes_back_without_a_secret():
    endpoint = WebhookEndpointFactory()
    remove_endpoint(endpoint=endpoint, now=NOON)
    for comes_back in (
        lambda: change_endpoint(endpoint=endpoint, is_enabled=True, now=NOON),
        lambda: rotate_secret(endpoint=endpoint, now=NOON),
    ):
        with pytest.raises(NotFound):
            comes_back()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.secret) == (EndpointState.REMOVED, "")
