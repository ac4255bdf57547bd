"""`PUT /loyalty/tier/update/{customerId}`: a tier is given by hand."""

from datetime import UTC, datetime

import pytest

from credits.models import TierAssignment
from referrals.models import ApiKey
from tests.api.caller import CUSTOMERS, assert_problem, contents

pytestmark = pytest.mark.django_db
UPDATE = "/api/v1/loyalty/tier/update"
GOLD = {"tier": "gold", "reason": "Sorry for the long wait", "until": "2099-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def alice(api):
    assert api.post(CUSTOMERS, {"id": "alice"}).status_code == 201


def put(api, body=GOLD, customer="alice", key="update-1"):
    return api.send("PUT", f"{UPDATE}/{customer}", body, headers={"Idempotency-Key": key} if key else None)


def test_a_customer_is_put_into_a_tier(api):
    answer = put(api)
    assert answer.status_code == 200
    standing = answer.json()
    assert standing.pop("tier_anniversary") is not None
    assert standing == {
        "customer": "alice", "tier": "gold", "review_at": GOLD["until"], "locked_until": GOLD["until"]
    }  # fmt: skip
    assert api.get(f"{CUSTOMERS}/alice/credits").json()["tier"]["code"] == "gold"
    given = TierAssignment.objects.get()
    assert (given.reason, given.until) == (GOLD["reason"], datetime(2099, 1, 1, tzinfo=UTC))
    assert given.actor == f"key:{ApiKey.objects.get().prefix}"


def test_the_same_again_changes_nothing(api):
    first = put(api)
    before = contents()
    again = put(api)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert contents() == before


@pytest.mark.parametrize("other", [{"tier": "silver"}, {"reason": "Another"}, {"until": None}])
def test_something_else_under_the_same_key_is_refused(api, other):
    put(api)
    before = contents()
    assert_problem(put(api, GOLD | other), 422, "idempotency_key_reused")
    assert contents() == before


def test_the_same_key_for_somebody_else_is_refused(api):
    put(api)
    api.post(CUSTOMERS, {"id": "bob"})
    assert_problem(put(api, customer="bob"), 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"tier": "gold"}, "invalid"),
        ({"tier": "gold", "reason": ""}, "invalid"),
        ({"tier": "gold", "reason": " "}, "invalid"),
        ({"tier": "diamond", "reason": "A gem"}, "unknown_tier"),
        (GOLD | {"until": "2020-01-01T00:00:00Z"}, "lock_is_over"),
        (GOLD | {"until": "2020-01-01T00:00:00"}, "invalid"),
        (GOLD | {"until": "2100-01-01T00:00:00Z"}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(api, body, code):
    before = contents()
    assert_problem(put(api, body), 400, code)
    assert contents() == before


def test_it_needs_a_key_of_its_own(api):
    assert_problem(put(api, key=""), 400, "idempotency_key_missing")


def test_nobody_is_put_into_a_tier_who_is_not_there(api):
    assert_problem(put(api, customer="zoe"), 404, "not_found")
