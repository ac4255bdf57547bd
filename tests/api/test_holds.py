"""Holds of other systems: put aside, then taken, freed, or free again by time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from credits.models import Hold
from tests.api.caller import CUSTOMERS, assert_problem, contents
from tests.api.points import ALICE
from tests.concurrency.together import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("right_books")]


@pytest.fixture
def held(till):
    till.earn(100)
    return till.hold(60)


def read(till, held):
    return till.api.get(f"{ALICE}/holds/{held.json()['id']}").json()


def let_the_time_pass(till):
    """The holds of all customers are over; the sums know that something has changed since."""
    past = timezone.now() - timedelta(seconds=1)
    for hold in Hold.objects.all():
        hold.expires_at = past
        hold.save()
        hold.account.next_change_at = past
        hold.account.save()


def test_points_are_put_aside_for_fifteen_minutes(till, held):
    assert held.status_code == 201
    told = held.json()
    assert (told["customer"], told["reference"], told["points"], told["state"]) == ("alice", "cart-1", 60, "open")
    hold = Hold.objects.get()
    assert hold.expires_at - hold.created_at == timedelta(minutes=15)
    assert till.balance() == {"available": 40, "held": 60}
    assert read(till, held) == told


def test_they_are_taken(till, held):
    taken = till.capture(held, reference="order-9")
    assert taken.status_code == 200
    assert (taken.json()["state"], taken.json()["captured_points"]) == ("captured", 60)
    assert till.balance() == {"available": 40}
    assert (till.lines()[0]["points"], till.lines()[0]["reference"]) == (-60, "order-9")


def test_some_are_taken_and_the_others_are_free(till, held):
    assert till.capture(held, points=20).json()["captured_points"] == 20
    assert till.balance() == {"available": 80}
    assert till.lines()[0]["reference"] == "cart-1"


def test_they_are_freed(till, held):
    assert till.release(held).json()["state"] == "released"
    assert till.balance() == {"available": 100}


def test_what_was_held_of_somebody_who_was_merged_since_can_be_taken(till, held):
    merge = f"{CUSTOMERS}/ally/merge"
    till.api.post(CUSTOMERS, {"id": "ally"})
    assert till.api.post(merge, {"customer": "alice"}, headers={"Idempotency-Key": "m-1"}).status_code == 200
    assert till.capture(held).json()["state"] == "captured"
    assert till.balance() == {"available": 40}


def test_each_step_again_changes_nothing(till, held):
    assert till.hold(60).json() == held.json()
    first = till.capture(held)
    before = till.balance()
    assert till.capture(held).json() == first.json()
    assert till.balance() == before


def test_a_hold_ends_once(till, held):
    till.capture(held, points=20)
    assert_problem(till.release(held), 409, "hold_ended")
    assert_problem(till.capture(held), 409, "hold_ended")
    assert_problem(till.hold(60), 409, "hold_ended")
    freed = till.hold(10, "cart-2")
    till.release(freed)
    assert till.release(freed).status_code == 200
    assert_problem(till.capture(freed), 409, "hold_ended")


def test_its_time_is_over_at_once(till, held):
    let_the_time_pass(till)
    assert read(till, held)["state"] == "lapsed"
    assert till.balance() == {"available": 100}
    assert_problem(till.capture(held), 409, "hold_ended")
    assert till.redeem(100).status_code == 201


def test_what_cannot_be_held_is_refused(till, held):
    before = contents()
    assert_problem(till.hold(41, "cart-2"), 409, "insufficient_points")
    assert_problem(till.hold(59), 409, "hold_conflict")
    assert_problem(till.hold(60, customer="bob"), 409, "hold_conflict")
    assert_problem(till.capture(held, points=61), 409, "hold_conflict")
    assert contents() == before


@pytest.mark.parametrize("seconds", [0, -1, 86_401, 1.5, "60", None])
def test_a_hold_lasts_a_day_at_most(till, seconds):
    problem = assert_problem(till.hold(1, expires_in=seconds), 400, "invalid")
    assert problem["errors"][0]["pointer"] == "/expires_in"


def test_a_hold_is_found_only_where_it_is(till, held, new_merchant, new_caller):
    hold_id = held.json()["id"]
    elsewhere = new_caller(new_merchant("elsewhere"))
    elsewhere.post(CUSTOMERS, {"id": "alice"})
    for caller, path in (
        (till.api, f"{CUSTOMERS}/bob/holds/{hold_id}"),
        (till.api, f"{ALICE}/holds/nothing"),
        (elsewhere, f"{ALICE}/holds/{hold_id}"),
    ):
        assert_problem(caller.get(path), 404, "not_found")
        assert_problem(caller.post(f"{path}/capture", {}, headers={"Idempotency-Key": "k"}), 404, "not_found")
        assert_problem(caller.post(f"{path}/release", {}, headers={"Idempotency-Key": "k"}), 404, "not_found")
    assert read(till, held)["state"] == "open"


def test_a_hold_that_is_not_another_systems_is_not_to_be_seen(till, held):
    Hold.objects.update(key="session:1")
    assert_problem(till.capture(held), 404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_two_customers_with_one_reference_at_once_get_one_hold(till):
    for customer in ("alice", "bob"):
        till.earn(500, customer)
    for number in range(5):
        holds = [
            lambda customer=customer, number=number: till.hold(5, f"cart:{number}", customer)
            for customer in ("alice", "bob") * 2
        ]
        answers = at_once(*holds)
        assert {answer.status_code for answer in answers} == {201, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert till.balance().get("held", 0) + till.balance("bob").get("held", 0) == 25
