"""A customer's credits: what a checkout asks for, in one statement."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import psycopg
import pytest
from django.utils import timezone

from rewards.services.checkout import refill_snapshots
from tests.api.caller import CUSTOMERS, assert_problem, contents, evaluate_all
from tests.api.test_purchases import ODD_ORDER_IDS, statements

pytestmark = pytest.mark.django_db
CREDITS = f"{CUSTOMERS}/bob/credits"


def test_a_customer_without_any_has_none(api):
    api.post(CUSTOMERS, {"id": "bob"})
    answer = api.get(CREDITS)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    found = answer.json()
    assert abs((datetime.now(UTC) - datetime.fromisoformat(found.pop("as_of"))).total_seconds()) < 60
    assert found == {
        "customer": "bob",
        "wallet": "points",
        "unit": "stars",
        "available": 0,
        "pending": 0,
        "held": 0,
        "owed": 0,
        "tier": {"code": "bronze", "name": "Bronze", "points_multiplier": "1.000", "benefits": {}},
        "grants": [],
        "stale": False,
    }


def test_points_tier_and_grants_are_there_as_soon_as_they_are_given(api, code_of):
    api.buy(referral_code=code_of("alice"))
    evaluate_all()
    bob, alice = api.get(CREDITS).json(), api.get(f"{CUSTOMERS}/alice/credits").json()
    assert bob["available"] == 100
    assert (bob["tier"]["code"], bob["tier"]["benefits"]["early_access"]) == ("gold", True)
    (grant,) = alice["grants"]
    assert grant.keys() == {"id", "option", "name", "quantity", "issued_at", "expires_at"}
    assert (grant["option"], grant["name"], grant["quantity"]) == ("mug", "Mug", 1)


def test_a_customer_is_found_by_our_id_too(api):
    uuid = api.post(CUSTOMERS, {"id": "bob"}).json()["uuid"]
    assert api.get(f"{CUSTOMERS}/{uuid}/credits").json()["customer"] == "bob"


@pytest.mark.parametrize("customer", ODD_ORDER_IDS)
def test_customers_ids_may_look_odd(api, customer):
    api.post(CUSTOMERS, {"id": customer})
    assert api.get(f"{CUSTOMERS}/{quote(customer, safe='')}/credits").json()["customer"] == customer


def test_reading_changes_nothing(api):
    api.buy()
    evaluate_all()
    before = contents()
    assert api.get(CREDITS).status_code == 200
    assert contents() == before


def test_a_customer_who_is_not_known_is_404(api):
    assert_problem(api.get(CREDITS), 404, "not_found")


def test_the_head_is_answered_too(api):
    api.post(CUSTOMERS, {"id": "bob"})
    answer = api.send("HEAD", CREDITS)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("query", ["expand=grants", "customer=alice", "limit=-1", "format=html", "id=%00"])
def test_queries_are_ignored(api, query):
    api.post(CUSTOMERS, {"id": "bob"})
    assert api.get(f"{CREDITS}?{query}").json()["customer"] == "bob"


def executions(call, monkeypatch) -> int:
    """How many statements PostgreSQL is sent; the prepared ones go past Django's own count."""
    sent = []
    execute = psycopg.Cursor.execute
    with monkeypatch.context() as patched:
        patched.setattr(
            psycopg.Cursor, "execute", lambda self, *args, **kw: (sent.append(1), execute(self, *args, **kw))[1]
        )
        counted_by_django = statements(call)
    return counted_by_django + len(sent)


def test_reading_takes_one_statement_with_grants_and_without(api, code_of, monkeypatch):
    api.buy(customer={"id": "carol"}, referral_code=code_of("bob"))
    evaluate_all()
    for customer in ("carol", "bob"):
        path = CREDITS.replace("bob", customer)
        api.get(path)
        assert executions(lambda path=path: api.get(path), monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_reading_takes_no_statement_while_nobody_writes(api, monkeypatch):
    api.buy()
    evaluate_all()
    refill_snapshots(now=timezone.now())
    assert executions(lambda: api.get(CREDITS), monkeypatch) == 0


def test_the_answer_is_plain_json(api):
    api.buy()
    json.loads(api.get(CREDITS).content, parse_constant=pytest.fail)
