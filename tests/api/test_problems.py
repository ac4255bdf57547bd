"""Whatever goes wrong under /api, the answer is a problem document: what the framework answers included."""

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import include, path

from config import urls
from config.lib.problems import RETRY_AFTER_SECONDS
from tests.api.caller import CODES, CUSTOMERS, PURCHASES, Caller, assert_problem, contents, cut_connection, purchase

pytestmark = pytest.mark.django_db

ROUTES = {
    PURCHASES: {"POST", "OPTIONS"},
    f"{PURCHASES}/order-0": {"GET", "HEAD", "OPTIONS"},
    f"{PURCHASES}/order-0/refunds": {"POST", "OPTIONS"},
    f"{PURCHASES}/order-0/payment": {"POST", "OPTIONS"},
    "/api/v1/refunds/refund-0": {"GET", "HEAD", "OPTIONS"},
    CUSTOMERS: {"POST", "OPTIONS"},
    CODES: {"POST", "OPTIONS"},
    "/api/v1/referral-stats": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/destinations": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/leaderboard": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/referrals/any": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/merchants/any/validation": {"GET", "HEAD", "OPTIONS"},
    f"{CUSTOMERS}/alice/credits": {"GET", "HEAD", "POST", "DELETE"},
    f"{CUSTOMERS}/alice/rfm": {"GET", "HEAD", "OPTIONS"},
    f"{CUSTOMERS}/alice/credits/adjustments": {"POST", "OPTIONS"},
    f"{CUSTOMERS}/alice/statement": {"GET", "HEAD", "OPTIONS"},
    f"{CUSTOMERS}/alice/statement/export": {"GET", "HEAD", "OPTIONS"},
    f"{CUSTOMERS}/alice/holds": {"POST", "OPTIONS"},
    "/api/v1/policies": {"GET", "HEAD", "POST", "OPTIONS"},
    "/api/v1/policies/dry-run": {"POST", "OPTIONS"},
    "/api/v1/backtests": {"POST", "OPTIONS"},
    "/api/v1/loyalty/points/earn": {"POST", "OPTIONS"},
    "/api/v1/webhook-endpoints": {"GET", "HEAD", "POST", "OPTIONS"},
    "/api/v1/webhook-endpoints/any": {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"},
    "/api/v1/webhook-endpoints/any/deliveries": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/rewards/redeem": {"POST", "OPTIONS"},
    "/api/v1/rewards/redemptions/alice": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/redemptions/any": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/redemptions/any/cancel": {"POST", "OPTIONS"},
    "/api/v1/redemptions/any/address": {"PUT", "OPTIONS"},
    "/api/v1/redemptions/any/appointment": {"PUT", "OPTIONS"},
    "/api/v1/service-records": {"POST", "OPTIONS"},
    "/api/v1/service-records/any": {"GET", "HEAD", "OPTIONS"},
    "/api/v1/service-records/any/complete": {"POST", "OPTIONS"},
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO"]


@pytest.mark.parametrize("route", ROUTES)
def test_26_a_method_that_a_route_does_not_have_is_405_and_told_which_it_has(api, populated, route):
    before = contents()
    for method in [each for each in METHODS if each not in ROUTES[route]]:
        answer = api.send(method, route, b"{}")
        assert answer.status_code == 405, method
        if method != "HEAD":
            assert_problem(answer, 405, "method_not_allowed")
        assert {name.strip() for name in answer["Allow"].split(",")} == ROUTES[route]
    assert contents() == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_method_that_a_route_has_does_not_break(api, populated, route):
    for method in ROUTES[route]:
        assert api.send(method, route, b"{}").status_code < 500, method


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/purchases", "/api/v1/purchases/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_leads_nowhere_is_404(api, method, path):
    assert_problem(api.send(method, path, b"{}"), 404, "not_found")
    assert_problem(Caller().send(method, path, b"{}"), 404, "not_found")


def test_outside_the_api_an_error_is_a_page(client):
    assert client.get("/nothing")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "a b", "localhost@evil", "[::1", "x" * 300, "löcal", "."]
)
def test_28_a_bad_host_is_400(api, populated, host):
    before = contents()
    for method, route in (("POST", PURCHASES), ("POST", CODES), ("GET", f"{CUSTOMERS}/alice/credits")):
        body = {"customer": "alice"} if route == CODES else purchase()
        assert_problem(api.send(method, route, body, HTTP_HOST=host), 400, "malformed")
    assert contents() == before


@pytest.mark.parametrize("accept", ["application/bogus", "text/html", "application/xml;q=0.9", "bogus", ""])
def test_27_another_format_than_json_is_406_and_nothing_is_done(api, populated, accept):
    before = contents()
    for route, body in ((PURCHASES, purchase()), (CUSTOMERS, {"id": "carol"}), (CODES, {"customer": "alice"})):
        assert_problem(api.post(route, body, headers={"Accept": accept}), 406, "not_acceptable")
    assert contents() == before


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "application/json", "text/html, */*;q=0.1", "application/json; charset=utf-8"]
)
def test_json_is_given_to_whoever_takes_it(api, accept):
    assert api.post(PURCHASES, purchase(), headers={"Accept": accept}).status_code == 202


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_25_headers_do_not_change_the_method(api, populated, header):
    assert api.get(f"{PURCHASES}/order-0", headers={header: "DELETE"}).status_code == 200
    assert_problem(api.send("PUT", PURCHASES, purchase(), headers={header: "POST"}), 405)
    assert api.post(f"{PURCHASES}?_method=DELETE", purchase(), headers={header: "DELETE"}).status_code == 202


@pytest.mark.parametrize("sent", ["abc", "A-b_c.9", "x" * 64])
def test_a_sane_request_id_is_echoed(api, sent):
    answer = api.get(f"{PURCHASES}/none", headers={"X-Request-Id": sent})
    assert answer["X-Request-Id"] == assert_problem(answer, 404)["request_id"] == sent
    assert api.buy()["X-Request-Id"] != sent
    assert api.post(CUSTOMERS, {"id": "bob"}, headers={"X-Request-Id": sent})["X-Request-Id"] == sent


@pytest.mark.parametrize(
    "sent", ["", " ", "x" * 65, "a b", "a\r\nSet-Cookie: x=1", "<script>", "é", "٣", "a\n", "${jndi:x}", "\x00"]
)
def test_another_is_replaced(api, sent):
    answer = api.get(f"{PURCHASES}/none", headers={"X-Request-Id": sent})
    assert len(assert_problem(answer, 404)["request_id"]) == 36
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    "query", ["id=abc", "limit=-1", "offset=9223372036854775808", "a=1&a=2", "since=x", "x=" + "%00" * 9, "%ff=%ff"]
)
def test_queries_are_ignored(api, query):
    assert api.post(f"{PURCHASES}?{query}", purchase()).status_code == 202


def test_29_a_large_cookie_is_no_matter(api):
    assert api.post(PURCHASES, purchase(), headers={"Cookie": "sessionid=" + "x" * 8000}).status_code == 202


def fall_over(request):
    raise RuntimeError("SELECT secret FROM table")


urlpatterns = [path("api/v1/broken", fall_over), path("broken", fall_over), path("", include(urls.urlpatterns))]


def test_what_breaks_is_a_500_that_tells_nothing(api):
    with override_settings(ROOT_URLCONF=__name__):
        answer = api.get("/api/v1/broken")
    assert_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("method", "route"), [("POST", PURCHASES), ("GET", f"{CUSTOMERS}/alice/credits")])
def test_while_the_database_is_away_the_answer_is_503_with_a_time_to_come_back(api, populated, method, route):
    before = contents()
    cut_connection()
    answer = api.send(method, route, purchase())
    connection.close()
    assert_problem(answer, 503, "unavailable")
    assert answer["Retry-After"] == str(RETRY_AFTER_SECONDS)
    assert contents() == before
    assert api.send(method, route, purchase()).status_code in {200, 202}
