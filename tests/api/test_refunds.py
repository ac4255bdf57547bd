"""Refunds: a purchase is taken back wholly, by lines or by an amount, and never more than was paid."""

import pytest
from django.utils import timezone

from referrals.models import Refund
from rewards.models import Evaluation
from rewards.services.refunds import adopt_refunds
from tests.api.caller import CUSTOMERS, PURCHASES, assert_problem, contents, evaluate_all

pytestmark = pytest.mark.django_db
REFUNDS = f"{PURCHASES}/order-1/refunds"


@pytest.fixture(autouse=True)
def bought(api):
    assert api.buy().status_code == 202


def test_a_refund_is_accepted_and_its_status_can_be_asked(api):
    answer = api.post(REFUNDS, {"refund_id": "refund-1", "occurred_at": "2026-11-21T12:00:00Z", "amount": 2599})
    assert answer.status_code == 202
    assert answer.json().keys() == {"id", "status", "status_url"}
    status = api.get(answer.json()["status_url"]).json()
    assert status == {
        "id": answer.json()["id"],
        "refund_id": "refund-1",
        "order_id": "order-1",
        "amount": 2599,
        "lines": [{"index": 0, "amount": 2599, "quantity": 2}],
        "occurred_at": "2026-11-21T12:00:00Z",
        "status": "pending",
        "refusal": None,
    }
    evaluate_all()
    assert api.get(answer.json()["status_url"]).json()["status"] == "evaluated"
    assert api.get(f"{PURCHASES}/order-1").json()["refunded"] is True


@pytest.mark.parametrize("evaluated_between", [True, False])
def test_everything_that_the_purchase_gave_is_taken_back(api, evaluated_between):
    if evaluated_between:
        evaluate_all()
        assert api.get(f"{CUSTOMERS}/bob/credits").json()["available"] == 100
    api.post(REFUNDS, {"refund_id": "refund-1"})
    evaluate_all()
    found = api.get(f"{CUSTOMERS}/bob/credits").json()
    assert (found["available"], found["pending"], found["owed"]) == (0, 0, 0)


@pytest.mark.parametrize("named_by", ["body", "header"])
def test_the_same_refund_again_changes_nothing(api, named_by):
    def refund():
        if named_by == "body":
            return api.post(REFUNDS, {"refund_id": "refund-1"})
        return api.post(REFUNDS, {}, headers={"Idempotency-Key": "refund-1"})

    first = refund()
    before = contents()
    again = refund()
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert contents() == before
    evaluate_all()
    assert refund().json() == first.json()


def test_the_same_lines_again_change_nothing(api):
    body = {"refund_id": "refund-1", "lines": [{"index": 0, "quantity": 1}]}
    assert [api.post(REFUNDS, body).status_code for _ in range(2)] == [202, 200]


def test_the_header_alone_needs_no_body(api):
    assert api.post(REFUNDS, headers={"Idempotency-Key": "k" * 255}).status_code == 202
    assert Refund.objects.get().refund_id == "k" * 255


def test_the_body_goes_before_the_header(api):
    api.post(REFUNDS, {"refund_id": "from-body"}, headers={"Idempotency-Key": "from-header"})
    assert Refund.objects.get().refund_id == "from-body"


def test_a_purchase_is_refunded_once(api):
    api.post(REFUNDS, {"refund_id": "refund-1"})
    before = contents()
    assert_problem(api.post(REFUNDS, {"refund_id": "refund-2"}), 409, "already_refunded")
    assert contents() == before


def test_a_refund_id_is_of_one_purchase(api):
    api.buy(event_id="event-2", order_id="order-2")
    api.post(REFUNDS, {"refund_id": "refund-1"})
    before = contents()
    assert_problem(api.post(f"{PURCHASES}/order-2/refunds", {"refund_id": "refund-1"}), 409, "refund_conflict")
    assert contents() == before


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"amount": 2600}, "refund_exceeds_paid"),
        ({"amount": 0}, "nothing_refunded"),
        ({"lines": [{"index": 0, "quantity": 3}]}, "refund_exceeds_paid"),
        ({"lines": [{"index": 0, "amount": 2600}]}, "refund_exceeds_paid"),
        ({"lines": [{"index": 1}]}, "unknown_line"),
        ({"lines": [{"key": "salad"}]}, "unknown_line"),
    ],
)
def test_59_more_than_was_paid_is_refused_and_nothing_is_written(api, asked, code):
    before = contents()
    assert_problem(api.post(REFUNDS, {"refund_id": "refund-1", **asked}), 409, code)
    assert contents() == before


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"amount": -1}, "/amount"),
        ({"amount": 1.5}, "/amount"),
        ({"amount": 1, "lines": [{"index": 0}]}, "/amount"),
        ({"lines": []}, "/lines"),
        ({"lines": [{}]}, "/lines/0"),
        ({"lines": [{"index": 0, "key": "a"}]}, "/lines/0"),
        ({"lines": [{"index": -1}]}, "/lines/0/index"),
        ({"lines": [{"index": 0, "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{"index": 0, "amount": "1"}]}, "/lines/0/amount"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(api, asked, pointer):
    problem = assert_problem(api.post(REFUNDS, {"refund_id": "refund-1", **asked}), 400, "invalid")
    assert problem["errors"][0]["pointer"] == pointer
    assert not Refund.objects.exists()


def test_parts_add_up(api):
    evaluate_all()
    api.post(REFUNDS, {"refund_id": "refund-1", "lines": [{"index": 0, "quantity": 1}]})
    purchase = api.get(f"{PURCHASES}/order-1").json()
    assert (purchase["refunded"], purchase["refunded_amount"]) == (False, 1299)
    assert_problem(api.post(REFUNDS, {"refund_id": "refund-2", "amount": 1301}), 409, "refund_exceeds_paid")
    assert api.post(REFUNDS, {"refund_id": "refund-2", "amount": 1300}).status_code == 202
    purchase = api.get(f"{PURCHASES}/order-1").json()
    assert (purchase["refunded"], purchase["refunded_amount"]) == (True, 2599)
    evaluate_all()
    assert api.get(f"{CUSTOMERS}/bob/credits").json()["available"] == 0


def test_the_same_id_with_another_amount_is_a_conflict(api):
    api.post(REFUNDS, {"refund_id": "refund-1", "amount": 100})
    before = contents()
    assert_problem(api.post(REFUNDS, {"refund_id": "refund-1", "amount": 101}), 409, "refund_conflict")
    assert contents() == before


def test_a_refund_before_its_purchase_is_parked_and_then_applied(api):
    early = f"{PURCHASES}/order-2/refunds"
    parked = api.post(early, {"refund_id": "refund-2"})
    assert (parked.status_code, parked.json()["status"]) == (202, "parked")
    url = parked.json()["status_url"]
    assert (api.get(url).json()["status"], api.get(url).json()["amount"]) == ("parked", None)
    api.buy(event_id="event-2", order_id="order-2")
    adopt_refunds(now=timezone.now())
    evaluate_all()
    assert (api.get(url).json()["status"], api.get(url).json()["amount"]) == ("evaluated", 2599)
    again = api.post(early, {"refund_id": "refund-2"})
    assert (again.status_code, again.json()) == (200, parked.json())


def test_a_parked_refund_that_was_too_large_says_why_it_was_refused(api):
    url = api.post(f"{PURCHASES}/order-2/refunds", {"refund_id": "refund-2", "amount": 2600}).json()["status_url"]
    api.buy(event_id="event-2", order_id="order-2")
    adopt_refunds(now=timezone.now())
    refund = api.get(url).json()
    assert (refund["status"], refund["refusal"]["code"]) == ("refused", "refund_exceeds_paid")
    assert refund["refusal"]["sentence"] == "This is more than is left of what was paid."


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(None, id="87-none"),
        pytest.param("", id="88-empty"),
        pytest.param("k" * 256, id="88-256-characters"),
        pytest.param("a b", id="88-space"),
        pytest.param("é", id="88-unicode"),
        pytest.param("a, b", id="88-two-headers"),
    ],
)
def test_a_refund_needs_a_name(api, key):
    headers = {} if key is None else {"Idempotency-Key": key}
    assert_problem(api.post(REFUNDS, {}, headers=headers), 400, "idempotency_key_missing")
    assert not Refund.objects.exists()


def test_91_a_key_whose_call_was_refused_can_be_used_again(api):
    headers = {"Idempotency-Key": "key-1"}
    assert_problem(api.post(REFUNDS, {"amount": 2600}, headers=headers), 409)
    assert api.post(REFUNDS, {}, headers=headers).status_code == 202


def test_a_refund_is_found_by_its_purchases_uuid_too(api):
    status_url = api.buy().json()["status_url"]
    assert api.post(f"{status_url}/refunds", {"refund_id": "refund-1"}).status_code == 202


def test_another_merchants_purchase_cannot_be_refunded(api, new_merchant, new_caller):
    stranger = new_caller(new_merchant("stranger"))
    uuid = api.get(f"{PURCHASES}/order-1").json()["id"]
    assert_problem(stranger.post(f"{PURCHASES}/{uuid}/refunds", {"refund_id": "r"}), 404, "not_found")
    assert_problem(stranger.post(f"{PURCHASES}/{uuid}/payment", {"status": "paid"}), 404, "not_found")
    assert_problem(stranger.post(f"{PURCHASES}/order-1/payment", {"status": "paid"}), 404, "not_found")
    assert stranger.post(REFUNDS, {"refund_id": "r"}).json()["status"] == "parked"
    assert_problem(api.get("/api/v1/refunds/nothing"), 404, "not_found")


def test_each_refund_has_one_work_order(api):
    for _ in range(3):
        api.post(REFUNDS, {"refund_id": "refund-1"})
    assert Evaluation.objects.filter(subject_type="refund").count() == Refund.objects.count() == 1
