"""The API document: it is served, it is complete, and what it promises is what is answered."""

import re

import jsonschema
import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from rewards.api import shapes
from rewards.api.shapes import (
    ACCEPTED,
    ACTIVITY,
    CREDITS,
    PAYMENT,
    PURCHASE,
    REFUND,
    REFUND_ACCEPTED,
    REGISTERED,
)
from tests.api.caller import ACTIVITIES, CUSTOMERS, PURCHASES, Caller, activity, assert_problem, evaluate_all
from tests.api.points import ALICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    answer = Caller().get("/api/schema/?format=json")
    assert answer.status_code == 200
    return answer.json()


def routes(patterns, prefix=""):
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_it_is_openapi_3_1_for_everybody(document):
    assert document["openapi"] == "3.1.0"
    assert Caller().get("/api/schema/")["Content-Type"].startswith("application/vnd.oai.openapi")


def test_it_has_every_route_and_no_other(document):
    ours = {f"/{route}" for route in routes(get_resolver().url_patterns) if route.startswith("api/v1/")}
    documented = {path.replace("{", "<path:").replace("}", ">") for path in document["paths"]}
    assert {re.sub(r"<\w+:", "<path:", route) for route in ours} == documented


def test_it_is_valid_and_without_warnings(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_every_operation_names_its_problems_and_needs_a_key_or_the_token_of_whom_it_is_about(document):
    schemes = document["components"]["securitySchemes"]
    assert (schemes["apiKey"]["scheme"], schemes["sessionToken"]["name"]) == ("bearer", "X-Session-Token")
    for path, operations in document["paths"].items():
        needed = "sessionToken" if f"{path}/".startswith("/api/v1/me/") else "apiKey"
        for operation in operations.values():
            assert operation["security"] == [{needed: []}]
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]
            assert {"401", "403"} <= operation["responses"].keys()


def test_answers_have_the_shapes_that_it_promises(api, document):
    accepted = api.buy()
    refund = api.post(f"{PURCHASES}/order-1/refunds", {"refund_id": "refund-1"})
    shared = api.post(ACTIVITIES, activity())
    evaluate_all()
    purchase = api.get(accepted.json()["status_url"])
    registered = api.post(CUSTOMERS, {"id": "bob", "referral_code": "NOBODYS"})
    shapes = [
        (accepted, ACCEPTED),
        (refund, REFUND_ACCEPTED),
        (api.post(f"{PURCHASES}/order-9/refunds", {"refund_id": "early"}), REFUND_ACCEPTED),
        (api.post(f"{PURCHASES}/order-1/payment", {"status": "paid"}), PAYMENT),
        (purchase, PURCHASE),
        (shared, ACCEPTED),
        (api.get(shared.json()["status_url"]), ACTIVITY),
        (api.get(refund.json()["status_url"]), REFUND),
        (registered, REGISTERED),
        (api.get(f"{CUSTOMERS}/bob/credits"), CREDITS),
        (assert_and_return(api.post(PURCHASES, {}), 400), document["components"]["schemas"]["Problem"]),
    ]
    assert_have_the_shapes(shapes)


def test_answers_about_points_have_the_shapes_that_it_promises(api, till, generous):
    held = till.earn(500, type="bonus") and till.hold(5)
    promised = [
        (till.earn(500), shapes.POINTS_MOVED),
        (till.redeem(5), shapes.POINTS_MOVED),
        (till.adjust(5), shapes.ADJUSTED),
        (till.give(5), shapes.GIFT),
        (held, shapes.HOLD),
        (api.get(f"{ALICE}/holds/{held.json()['id']}"), shapes.HOLD),
        (till.capture(held), shapes.HOLD),
        (api.get(f"{ALICE}/statement?page_size=2"), shapes.STATEMENT),
        (api.get(f"{ALICE}/expiring?days=3660"), shapes.EXPIRING),
        (api.get("/api/v1/loyalty/points/history/alice"), shapes.POINTS_TRANSACTIONS),
        (api.get("/api/v1/loyalty/customer/alice"), shapes.CUSTOMER_LOYALTY),
        (api.post(f"{ALICE}/credits", {}), shapes.ACCOUNT),
        (till.close(), shapes.ACCOUNT_CLOSED),
    ]
    assert_have_the_shapes(promised)


def assert_have_the_shapes(promised):
    for answer, shape in promised:
        assert answer.status_code in {200, 201, 202, 400}
        jsonschema.Draft202012Validator(shape).validate(answer.json())
        assert answer.json().keys() <= shape["properties"].keys()


def assert_and_return(response, status):
    assert_problem(response, status)
    return response
