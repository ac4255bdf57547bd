"""Who may call: a key of the merchant, in force, with the scope of the call."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from referrals.models import ApiKey, Scope
from referrals.services import api_keys
from referrals.services.api_keys import (
    REMEMBERED_SECONDS,
    forget_keys,
    issue_api_key,
    key_in_force,
    revoke_api_key,
)
from tests.api.caller import (
    ACTIVITIES,
    CODES,
    CUSTOMERS,
    PARTICIPATE,
    PURCHASES,
    SERVICE_RECORDS,
    SESSIONS,
    Caller,
    activity,
    assert_problem,
    cart,
    contents,
    cut_connection,
    purchase,
    service_record,
)

pytestmark = pytest.mark.django_db

CALLS = {
    "buy": (Scope.PURCHASES, "POST", PURCHASES, purchase(), 202),
    "purchase": (Scope.PURCHASES, "GET", f"{PURCHASES}/order-0", b"", 200),
    "refund": (Scope.PURCHASES, "POST", f"{PURCHASES}/order-0/refunds", {"refund_id": "refund-1"}, 202),
    "payment": (Scope.PURCHASES, "POST", f"{PURCHASES}/order-0/payment", {"status": "paid"}, 200),
    "register": (Scope.CUSTOMERS, "POST", CUSTOMERS, {"id": "carol"}, 201),
    "activity": (Scope.ACTIVITIES, "POST", ACTIVITIES, activity(), 202),
    "code": (Scope.REFERRALS, "POST", CODES, {"customer": "alice"}, 201),
    "stats": (Scope.REFERRALS, "GET", "/api/v1/referral-stats", b"", 200),
    "destinations": (Scope.REFERRALS, "GET", "/api/v1/destinations", b"", 200),
    "leaderboard": (Scope.REFERRALS, "GET", "/api/v1/leaderboard", b"", 200),
    "rfm": (Scope.PURCHASES, "GET", f"{CUSTOMERS}/alice/rfm", b"", 200),
    "merchant": (Scope.REFERRALS, "GET", "/api/v1/merchants/any/validation", b"", 200),
    "credits": (Scope.CREDITS, "GET", f"{CUSTOMERS}/alice/credits", b"", 200),
    "campaigns": (Scope.CREDITS, "GET", "/api/v1/campaigns/active", b"", 200),
    "eligible": (Scope.CREDITS, "GET", "/api/v1/campaigns/customer/alice/eligible", b"", 200),
    "participate": (Scope.ACTIVITIES, "POST", PARTICIPATE, {"customerId": "alice", "campaignId": "always"}, 201),
    "progress": (Scope.CREDITS, "GET", "/api/v1/campaigns/always/progress/alice", b"", 200),
    "experiments": (Scope.POLICIES, "GET", "/api/v1/experiments", b"", 200),
    "recommended": (Scope.CREDITS, "GET", f"{CUSTOMERS}/alice/recommendations", b"", 200),
    "segments": (Scope.CUSTOMERS, "GET", "/api/v1/segments", b"", 200),
    "members": (Scope.CUSTOMERS, "GET", "/api/v1/segments/listed/customers", b"", 200),
    "list": (Scope.CUSTOMERS, "PUT", "/api/v1/segments/listed/customers", {"customers": ["alice"]}, 200),
    "their segments": (Scope.CUSTOMERS, "GET", f"{CUSTOMERS}/alice/segments", b"", 200),
    "badges": (Scope.CREDITS, "GET", f"{CUSTOMERS}/alice/badges", b"", 200),
    "tier": (Scope.TIERS, "PUT", "/api/v1/loyalty/tier/update/alice", {"tier": "gold", "reason": "A gift"}, 200),
    "statement": (Scope.CREDITS, "GET", f"{CUSTOMERS}/alice/statement", b"", 200),
    "person": (Scope.EXPORTS, "GET", f"{CUSTOMERS}/alice/export", b"", 200),
    "export": (Scope.EXPORTS, "GET", f"{CUSTOMERS}/alice/statement/export", b"", 200),
    "quote": (Scope.POINTS, "POST", f"{SESSIONS}/quote", cart(), 200),
    "session": (Scope.POINTS, "POST", SESSIONS, cart(), 201),
    "catalog": (Scope.CREDITS, "GET", "/api/v1/rewards/catalog", b"", 200),
    "available": (Scope.CREDITS, "GET", "/api/v1/rewards/customer/alice/available", b"", 200),
    "pricing": (Scope.CREDITS, "GET", "/api/v1/pricing/customers/alice", b"", 200),
    "loyalty": (Scope.CREDITS, "GET", "/api/v1/loyalty/customer/alice", b"", 200),
    "earn": (Scope.POINTS, "POST", "/api/v1/loyalty/points/earn", {"customerId": "alice", "points": 5}, 201),
    "adjust": (Scope.ADJUSTMENTS, "POST", f"{CUSTOMERS}/alice/credits/adjustments", {"points": 5, "reason": "?"}, 201),
    "policies": (Scope.POLICIES, "GET", "/api/v1/policies", b"", 200),
    "dry run": (Scope.POLICIES, "POST", "/api/v1/policies/dry-run", {"customer": "alice", "total": 5}, 200),
    "trace": (Scope.POLICIES, "GET", f"{PURCHASES}/order-0/trace", b"", 200),
    "open": (Scope.POINTS, "POST", f"{CUSTOMERS}/alice/credits", {}, 201),
    "endpoints": (Scope.WEBHOOKS, "GET", "/api/v1/webhook-endpoints", b"", 200),
    "endpoint": (Scope.WEBHOOKS, "POST", "/api/v1/webhook-endpoints", {"url": "https://shop.example.com/hooks"}, 201),
    "notifications": (Scope.NOTIFICATIONS, "GET", f"{CUSTOMERS}/alice/notifications", b"", 200),
    "read": (Scope.NOTIFICATIONS, "POST", f"{CUSTOMERS}/alice/notifications/read", {"ids": None}, 200),
    "preferences": (Scope.NOTIFICATIONS, "PUT", f"{CUSTOMERS}/alice/contact-preferences", {"language": "de"}, 200),
    "redemptions": (Scope.CREDITS, "GET", "/api/v1/rewards/redemptions/alice", b"", 200),
    "service": (Scope.PURCHASES, "POST", SERVICE_RECORDS, service_record(), 201),
    "close": (Scope.POINTS, "DELETE", f"{CUSTOMERS}/alice/credits", b"", 200),
}

OF_A_CUSTOMER_OR_AN_ORDER = [
    "purchase",
    "payment",
    "code",
    "credits",
    "trace",
    "rfm",
    "eligible",
    "participate",
    "progress",
    "members",
    "list",
    "their segments",
    "badges",
    "tier",
    "statement",
    "quote",
    "session",
    "available",
    "recommended",
    "pricing",
    "export",
    "notifications",
    "read",
    "preferences",
    "open",
    "close",
]

NAMED = {"Idempotency-Key": "call-1"}
"""Calls that must be named are; the others do not mind."""


@pytest.fixture(params=CALLS)
def call(request, populated):
    """Each call of the API in turn: its scope, method, path, body, and the status when it is allowed."""
    return CALLS[request.param]


def assert_refused(answer):
    assert_problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_with_the_scope_is_enough(shop, new_caller, call):
    scope, method, path, body, status = call
    assert new_caller(shop, scopes=[scope]).send(method, path, body, headers=NAMED).status_code == status


def test_a_key_with_every_other_scope_is_not(shop, new_caller, call):
    scope, method, path, body, _ = call
    caller = new_caller(shop, scopes=[other for other in Scope if other != scope])
    before = contents()
    assert_problem(caller.send(method, path, body, headers=NAMED), 403, "permission_denied")
    assert contents() == before


WRONG_HEADERS = [
    "", "Bearer", "Bearer ", "Bearer x", "Bearer gv_00000000_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Basic YTpi",
    "Token {token}", "{token}", "Bearer {token}x", "Bearer {prefix}", "Bearer {token} {token}", "Bearer é",
    "Bearer \x00", "Bearer " + "x" * 8000, "Bearer None", "Bearer null",
]  # fmt: skip


def test_without_a_key_nothing_is_told_and_nothing_happens(api, call):
    _, method, path, body, _ = call
    token = api.authorization["Authorization"].removeprefix("Bearer ")
    before = contents()
    for header in WRONG_HEADERS:
        stranger = Caller()
        stranger.authorization = {"Authorization": header.format(token=token, prefix=token[:11])}
        assert_refused(stranger.send(method, path, body, headers=NAMED))
    for name in ("key", "api_key", "token", "access_token", "Authorization"):
        assert_refused(Caller().send(method, f"{path}?{name}={token}", body, headers=NAMED))
    assert contents() == before


def test_the_word_bearer_may_be_written_in_any_case(api):
    token = api.authorization["Authorization"].removeprefix("Bearer ")
    api.authorization = {"Authorization": f"bEARER {token}"}
    assert api.buy().status_code == 202


def test_a_revoked_key_is_refused_once_it_is_forgotten(api):
    revoke_api_key(key=ApiKey.objects.get(), now=datetime.now(UTC))
    forget_keys()
    before = contents()
    assert_refused(api.buy())
    assert contents() == before


def test_a_key_is_remembered_for_at_most_five_seconds():
    assert REMEMBERED_SECONDS <= 5


@pytest.mark.django_db(transaction=True)
def test_without_the_database_a_key_that_was_good_stays_good_for_an_hour(shop, monkeypatch):
    key, token = issue_api_key(merchant=shop, name="Till")
    monkeypatch.setattr(api_keys, "REMEMBERED_SECONDS", 0)

    def without_database():
        cut_connection()
        try:
            return key_in_force(token)
        finally:
            connection.close()

    assert key_in_force(token) == without_database() == key
    revoke_api_key(key=key, now=datetime.now(UTC))
    assert without_database() == key, "nobody can know"
    assert key_in_force(token) is None
    with pytest.raises(OperationalError):
        without_database()
    assert api_keys.GOOD_WITHOUT_DATABASE_SECONDS <= 3600


@pytest.mark.django_db(transaction=True)
def test_without_the_database_a_key_is_good_for_no_longer_than_that(shop, monkeypatch):
    _, token = issue_api_key(merchant=shop, name="Till")
    monkeypatch.setattr(api_keys, "REMEMBERED_SECONDS", 0)
    monkeypatch.setattr(api_keys, "GOOD_WITHOUT_DATABASE_SECONDS", 0)
    assert key_in_force(token) is not None
    cut_connection()
    with pytest.raises(OperationalError):
        key_in_force(token)
    connection.close()


def test_a_key_that_is_over_is_refused(shop, new_caller):
    over = new_caller(shop, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert_refused(over.buy())


def test_a_key_that_is_not_over_yet_is_accepted(shop, new_caller):
    caller = new_caller(shop, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert caller.buy().status_code == 202


@pytest.mark.parametrize("name", OF_A_CUSTOMER_OR_AN_ORDER)
def test_what_belongs_to_another_merchant_looks_absent(populated, new_merchant, new_caller, name):
    _, method, path, body, _ = CALLS[name]
    elsewhere = new_caller(new_merchant("elsewhere"))
    before = contents()
    foreign = assert_problem(elsewhere.send(method, path, body, headers=NAMED), 404, "not_found")
    assert contents() == before
    nowhere = path.replace("order-0", "order-9").replace("alice", "zoe")
    about_zoe = body | {"customer": "zoe"} if isinstance(body, dict) and "customer" in body else body
    absent = assert_problem(
        elsewhere.send(method, nowhere, about_zoe, headers=NAMED),
        404,
        "not_found",
    )
    assert foreign | {"request_id": ""} == absent | {"request_id": ""}


def test_what_belongs_to_another_merchant_is_not_found_by_our_ids_either(
    api, alice, populated, new_merchant, new_caller
):
    refund = api.post(f"{PURCHASES}/order-0/refunds", {"refund_id": "refund-1"}).json()
    elsewhere = new_caller(new_merchant("elsewhere"))
    for path in (
        f"{PURCHASES}/{populated.uuid}",
        refund["status_url"],
        f"{CUSTOMERS}/{alice.uuid}/credits",
    ):
        assert api.get(path).status_code == 200
        assert_problem(elsewhere.get(path), 404, "not_found")
    assert_problem(elsewhere.post(CODES, {"customer": str(alice.uuid)}), 404, "not_found")


def test_92_two_merchants_events_orders_and_refunds_are_independent(api, new_merchant, new_caller):
    elsewhere = new_caller(new_merchant("elsewhere"))
    for caller in (api, elsewhere):
        assert caller.buy().status_code == 202
        assert caller.post(f"{PURCHASES}/order-1/refunds", {"refund_id": "refund-1"}).status_code == 202


def test_a_person_who_is_signed_in_is_not_a_key(populated, call, admin_user):
    _, method, path, body, _ = call
    person = Caller()
    person.client.force_login(admin_user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert_refused(person.send(method, path, body, headers=NAMED))
