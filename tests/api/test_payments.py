"""Payments: a purchase that was told before it was paid is settled, once."""

import pytest

from tests.api.caller import CUSTOMERS, PURCHASES, assert_problem, contents, evaluate_all

pytestmark = pytest.mark.django_db
PAYMENT = f"{PURCHASES}/order-1/payment"


@pytest.fixture(autouse=True)
def bought(api):
    assert api.buy(payment_status="pending").status_code == 202
    evaluate_all()


def balance(api):
    found = api.get(f"{CUSTOMERS}/bob/credits").json()
    return found["available"], found["pending"]


@pytest.mark.parametrize(("status", "left"), [("paid", (100, 0)), ("voided", (0, 0))])
def test_points_wait_until_the_payment_is_settled(api, status, left):
    assert balance(api) == (0, 100)
    answer = api.post(PAYMENT, {"status": status})
    evaluate_all()
    assert (answer.status_code, answer.json()["payment_status"]) == (202, status)
    assert (balance(api), api.get(answer.json()["status_url"]).json()["payment_status"]) == (left, status)


def test_the_same_again_gets_the_same_body_and_the_contrary_a_conflict(api):
    first = api.post(PAYMENT, {"status": "paid"})
    before = contents()
    again = api.post(PAYMENT, {"status": "paid", "occurred_at": "2026-11-21T12:00:00Z"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert_problem(api.post(PAYMENT, {"status": "voided"}), 409, "payment_conflict")
    assert contents() == before


@pytest.mark.parametrize(
    "body", [{}, {"status": "pending"}, {"status": None}, [], {"status": "paid", "occurred_at": 1}]
)
def test_what_cannot_be_read_is_refused(api, body):
    before = contents()
    assert_problem(api.post(PAYMENT, body), 400)
    assert contents() == before


def test_what_was_voided_cannot_be_refunded(api):
    api.post(PAYMENT, {"status": "voided"})
    assert_problem(api.post(f"{PURCHASES}/order-1/refunds", {"refund_id": "r"}), 409, "purchase_voided")
