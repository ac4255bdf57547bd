"""Accounts are opened, closed, and opened again."""

import pytest

from credits.models import Account, Entry
from tests.api.caller import CUSTOMERS, assert_problem, contents, evaluate_all
from tests.api.points import ALICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("right_books")]
ACCOUNT = f"{ALICE}/credits"


def test_an_account_is_opened_once(till):
    first = till.api.post(ACCOUNT, {})
    before = contents()
    again = till.api.post(ACCOUNT, {})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == {
        "customer": "alice", "available": 0, "pending": 0, "held": 0, "owed": 0, "closed_at": None,
    }  # fmt: skip
    assert contents() == before


def test_closing_releases_holds_and_forfeits_all_that_is_left(till):
    till.earn(100)
    held = till.hold(30)
    answer = till.close()
    assert answer.status_code == 200
    assert answer.json()["forfeited"] == 100
    assert answer.json()["closed_at"]
    assert till.balance() == {}
    assert till.api.get(f"{ALICE}/holds/{held.json()['id']}").json()["state"] == "released"
    last = till.lines()[0]
    assert (last["kind"], last["points"], last["reason"]) == ("adjusted", -100, "account_closed")


def test_pending_points_are_forfeited_too(api, till):
    till.api.buy(customer={"id": "alice"}, payment_status="pending")
    evaluate_all()
    assert till.balance() == {"pending": 100}
    assert till.close().json()["forfeited"] == 100
    assert till.balance() == {}


def test_closing_again_changes_nothing(till):
    till.earn(100)
    closed = till.close().json()
    before = contents()
    again = till.close()
    assert again.json() == {**closed, "forfeited": 0}
    assert contents() == before


def test_an_account_that_was_never_used_is_closed(till):
    assert till.close().json()["forfeited"] == 0
    assert Account.objects.get(customer__external_id="alice").closed_at
    assert not Entry.objects.exists()


def test_what_is_earned_later_opens_it_again(till):
    till.earn(100)
    till.close()
    till.earn(7)
    assert till.balance() == {"available": 7}
    assert Account.objects.get(customer__external_id="alice").closed_at is None
    till.close()
    assert [line["points"] for line in till.lines()] == [-7, 7, -100, 100]


def test_opening_it_again_is_possible_before_anything_is_earned(till):
    till.close()
    assert till.api.post(ACCOUNT, {}).status_code == 201
    assert Account.objects.get(customer__external_id="alice").closed_at is None


def test_a_debt_is_not_forgiven_by_closing(api, till):
    till.api.buy(customer={"id": "alice"})
    evaluate_all()
    till.redeem(100)
    till.api.post("/api/v1/purchases/order-1/refunds", {"refund_id": "r"})
    evaluate_all()
    assert till.close().json()["owed"] == 100


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE"])
def test_an_account_is_read_opened_and_closed_and_nothing_else(api, till, method):
    answer = api.send(method, ACCOUNT, {})
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST, DELETE"


def test_an_account_of_another_merchant_is_not_closed(till, new_merchant, new_caller):
    till.earn(5)
    elsewhere = new_caller(new_merchant("elsewhere"))
    before = contents()
    assert_problem(elsewhere.send("DELETE", ACCOUNT, content_type=""), 404, "not_found")
    assert contents() == before


def test_a_customer_of_nobody_has_no_account(api):
    assert_problem(api.post(f"{CUSTOMERS}/nobody/credits", {}), 404, "not_found")
