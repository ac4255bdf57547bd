"""Calls that move points are done once, however often they are sent. The numbers are those of the corpus."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from credits.models import Entry
from referrals.models import IdempotencyRecord
from referrals.services.replies import KEPT, forget_replies
from tests.api.caller import PURCHASES, assert_problem, contents, evaluate_all
from tests.api.points import ALICE, EARN, Till
from tests.api.test_direct_points import INSTRUCTIONS
from tests.concurrency.together import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("right_books")]
MONEY = {name: rest for name, (_, *rest) in INSTRUCTIONS.items() if name != "open"}
REPLAYED = "Idempotent-Replayed"


@pytest.fixture(params=MONEY)
def money(request, till, generous):
    """Each call that moves points: its path, a body that is accepted, and the status."""
    till.earn(100)
    return MONEY[request.param]


WRONG_KEYS = {
    "87-none": None,
    "88-empty": "",
    "88-256-characters": "k" * 256,
    "88-space": "a b",
    "88-unicode": "é",
    "88-two-headers": "a, b",
}


@pytest.mark.parametrize("key", WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_a_call_needs_a_key(api, money, key):
    path, body, _ = money
    before = contents()
    headers = {} if key is None else {"Idempotency-Key": key}
    assert_problem(api.post(path, body, headers=headers), 400, "idempotency_key_missing")
    assert contents() == before


def test_the_same_again_gets_the_same_answer_and_changes_nothing(till, money):
    path, body, status = money
    first = till.do(path, body, key="k" * 255)
    before = contents()
    again = till.do(path, dict(reversed(body.items())), key="k" * 255)
    assert (first.status_code, again.status_code) == (status, status)
    assert first.content == again.content
    assert (first.get(REPLAYED), again[REPLAYED]) == (None, "true")
    assert contents() == before


def test_89_a_key_is_of_one_call(till, money):
    path, body, _ = money
    till.do(path, body, key="k")
    before = contents()
    for other in ({**body, "points": 6}, {**body, "more": 1}):
        assert_problem(till.do(path, other, key="k"), 422, "idempotency_key_reused")
    assert contents() == before


def test_89_and_of_one_customer(till, generous):
    till.earn(100)
    till.adjust(5, key="k")
    assert_problem(till.adjust(5, customer="bob", key="k"), 422, "idempotency_key_reused")


def test_one_key_for_two_kinds_of_calls_is_two_calls(till):
    assert till.earn(10, key="k").status_code == till.redeem(10, key="k").status_code == 201
    assert till.balance() == {}


def test_91_a_key_whose_call_was_refused_can_be_used_again(till):
    assert_problem(till.redeem(0, key="k"), 400)
    assert_problem(till.redeem(7, key="k"), 409, "insufficient_points")
    assert not IdempotencyRecord.objects.exists()
    till.earn(10)
    assert till.redeem(7, key="k").status_code == 201


def test_92_two_callers_keys_are_independent(till, shop, new_caller, new_merchant):
    neighbour, elsewhere = Till(new_caller(shop)), Till(new_caller(new_merchant("elsewhere")))
    elsewhere.api.post("/api/v1/customers", {"id": "alice"})
    ids = [each.earn(5, key="k").json()["id"] for each in (till, neighbour, elsewhere)]
    assert len(set(ids)) == 3
    assert (till.balance(), elsewhere.balance()) == ({"available": 10}, {"available": 5})


def test_93_a_key_means_nothing_where_nothing_is_done(till):
    till.earn(5, key="k")
    for points in (5, 11):
        found = till.api.get(f"{ALICE}/credits", headers={"Idempotency-Key": "k"})
        assert (found.json()["available"], found.get(REPLAYED)) == (points, None)
        till.earn(6, key=f"k{points}")


def test_94_an_answer_stays_what_it_was_whatever_has_changed_since(till):
    held = till.hold(1, key="nothing-yet")
    assert_problem(held, 409, "insufficient_points")
    till.earn(100)
    held = till.hold(60, key="k")
    till.release(held)
    again = till.hold(60, key="k")
    assert (again.content, again[REPLAYED]) == (held.content, "true")
    assert again.json()["state"] == "open"
    assert till.balance() == {"available": 100}


def test_an_answer_is_forgotten_after_30_days_and_its_effect_never(till):
    first = till.earn(5, key="k")
    assert forget_replies(now=timezone.now() + KEPT - timedelta(minutes=1)) == 0
    assert forget_replies(now=timezone.now() + KEPT + timedelta(minutes=1), limit=1) == 1
    again = till.earn(5, key="k")
    assert (again.status_code, again.json()["id"], again.get(REPLAYED)) == (201, first.json()["id"], None)
    forget_replies(now=timezone.now() + KEPT + timedelta(minutes=1))
    assert_problem(till.earn(6, key="k"), 422, "idempotency_key_reused")
    assert till.balance() == {"available": 5}


def test_purchases_still_name_themselves(api):
    assert api.buy().status_code == 202
    evaluate_all()
    assert api.post(f"{PURCHASES}/order-1/refunds", {"refund_id": "r"}).status_code == 202
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_90_while_a_call_is_under_way_its_twin_is_told_to_wait(till):
    def ask():
        return till.do(EARN, {"customerId": "alice", "points": 7}, key="k")

    with transaction.atomic():
        assert ask().status_code == 201  # It is done, and not yet committed.
        (twin,) = at_once(ask)
    assert_problem(twin, 409, "idempotency_key_in_use")
    assert twin["Retry-After"] == "1"
    assert ask()[REPLAYED] == "true"
    assert till.balance() == {"available": 7}


@pytest.mark.django_db(transaction=True)
def test_90_of_many_twins_at_once_one_is_done(till):
    for number in range(5):
        twins = [lambda key=f"k{number}": till.earn(7, key=key)] * 8
        answers = at_once(*twins)
        assert {answer.status_code for answer in answers} <= {201, 409}
        done = {answer.content for answer in answers if answer.status_code == 201}
        assert len(done) == 1
        assert till.earn(7, key=f"k{number}").content in done
        assert Entry.objects.count() == number + 1
