"""Calling the API as another system does, and what such a system says."""

import json
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from config.lib.requests import HEADER
from rewards.services.evaluation.run import evaluate_due

PROBLEM = "application/problem+json"
PURCHASES = "/api/v1/purchases"
CUSTOMERS = "/api/v1/customers"
CODES = "/api/v1/referral-codes"
PARTICIPATE = "/api/v1/campaigns/participate"
ACTIVITIES = "/api/v1/activities"
SESSIONS = "/api/v1/purchase-sessions"
SERVICE_RECORDS = "/api/v1/service-records"


class Caller:
    """Another system with a key; what breaks on the way is an answer of 500, as it is for real callers."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.authorization = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = b"", *, content_type="application/json", headers=None, **meta):
        """Send a request; `bytes` go as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.authorization | (headers or {})
        return self.client.generic(method, path, data, content_type=content_type, headers=headers, **meta)

    def post(self, path: str, body: Any = b"", **request):
        return self.send("POST", path, body, **request)

    def get(self, path: str, **request):
        return self.send("GET", path, content_type="", **request)

    def buy(self, **changes):
        """Record one purchase."""
        return self.post(PURCHASES, purchase(**changes))

    def decision(self, accepted):
        """What was decided for a purchase that was just accepted; whatever is due is evaluated first."""
        evaluate_all()
        return self.get(accepted.json()["status_url"]).json()["decision"]


def line(**changes):
    """One line of a purchase, with changes."""
    return {
        "sku": "SALAD", "name": "Green salad", "category": "meals", "quantity": 2, "unit_price": 1200, **changes
    }  # fmt: skip


def purchase(**changes):
    """The smallest body of a purchase, with changes; a field that is changed to `...` is left out."""
    body = {
        "event_id": "event-1",
        "order_id": "order-1",
        "occurred_at": "2026-11-20T12:00:00Z",
        "currency": "USD",
        "total": 2599,
        "customer": {"id": "bob", "email": "bob@example.com"},
        "items": [line()],
        **changes,
    }
    return {key: value for key, value in body.items() if value is not ...}


def cart(**changes):
    """The smallest cart, with changes."""
    return {"customer": "alice", "currency": "USD", "items": [line()], **changes}


def activity(**changes):
    """The body of an activity, with changes."""
    return {
        "activity_id": "share-1",
        "kind": "social_share",
        "occurred_at": "2026-06-01T12:00:00Z",
        "customer": {"id": "bob"},
        **changes,
    }


def service_record(**changes):
    """The body of a job of the repair system, with changes."""
    body = {"reference": "repair-1", "customer": "alice", "kind": "repair", "amount": 20_000, "currency": "USD"}
    return {**body, **changes}


def evaluate_all():
    """Evaluate whatever is due."""
    while evaluate_due(now=timezone.now()):
        pass


def assert_problem(response, status, code=None, about=""):
    """The answer is a problem document of this status, and is complete; `about` is told when it is not."""
    assert response.status_code == status, (about, response.content[:300])
    assert response["Content-Type"] == PROBLEM
    problem = response.json()
    assert problem.keys() - {"errors"} == {"type", "title", "status", "detail", "code", "request_id"}
    assert problem["status"] == status
    assert problem["request_id"] == response[HEADER]
    assert 0 < len(problem["detail"]) <= 300
    assert "Traceback" not in response.text
    for mistake in problem.get("errors", ()):
        assert mistake.keys() - {"offset"} == {"pointer", "code", "detail"}
        assert len(mistake["detail"]) <= 300
    if code is not None:
        assert problem["code"] == code, about
    return problem


def contents():
    """How many rows each table of the database has, and a sum over all that they hold."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - {"django_session"})
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM \"{name}\" AS t"
                for name in tables
            )
        )
        return sorted(cursor.fetchall())


def cut_connection():
    """The server ends the connection that this process has to PostgreSQL, which it notices when it next uses it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])
    other.close()
