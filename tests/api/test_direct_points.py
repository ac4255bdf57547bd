"""Points that another system gives, takes and corrects by itself."""

import pytest

from credits.models import Entry, Remark
from referrals.models import Scope
from tests.api.caller import CUSTOMERS, SESSIONS, assert_problem, cart, contents
from tests.api.points import ALICE, EARN, REDEEM, Till
from tests.factories.referrals import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("right_books")]


def test_points_are_awarded_and_can_be_spent_at_once(till):
    answer = till.earn(150, type="purchase", reference="ORD-789012", description="Purchase order ORD-789012")
    assert answer.status_code == 201
    told = answer.json()
    assert told.pop("id")
    assert told.pop("timestamp")
    assert told == {
        "type": "earned",
        "points": 150,
        "description": "Purchase order ORD-789012",
        "reference": "ORD-789012",
        "customerId": "alice",
        "points_balance": 150,
    }
    assert till.balance() == {"available": 150}


@pytest.mark.parametrize(
    ("type_", "read_as"), [("", "earned"), ("purchase", "earned"), ("product_review", "bonus"), ("bonus", "bonus")]
)
def test_an_award_for_anything_but_a_purchase_is_read_as_a_bonus(till, type_, read_as):
    assert till.earn(50, type=type_).json()["type"] == read_as


def test_points_are_redeemed(till):
    till.earn(700)
    answer = till.redeem(500, reference="REWARD-001", description="$5 discount reward")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["type"], told["points"], told["points_balance"]) == ("redeemed", -500, 200)
    assert (told["description"], told["reference"]) == ("$5 discount reward", "REWARD-001")


def test_nobody_redeems_more_than_they_have(till):
    till.earn(100)
    before = contents()
    problem = assert_problem(till.redeem(101), 409, "insufficient_points")
    assert problem["detail"] == "There are 100 points, and 101 are asked for."
    assert contents() == before


def test_words_are_kept_beside_the_entry_and_not_in_it(till):
    till.earn(5, description="For Alice Smith's review")
    entry = Entry.objects.get()
    assert (entry.reason, entry.reason_args) == ("direct.awarded", {"type": "", "reference": ""})
    assert Remark.objects.get().entry == entry


def test_an_entry_says_which_key_caused_it(till, shop):
    till.earn(5)
    entry, key = Entry.objects.get(), shop.api_keys.get()
    assert (entry.source_type, entry.source_id, entry.actor) == ("api_key", key.pk, f"key:{key.prefix}")


@pytest.mark.parametrize(("points", "left"), [(1000, {"available": 1100}), (-100, {})])
def test_points_are_corrected_within_the_limit(till, points, left):
    till.earn(100)
    answer = till.adjust(points)
    assert answer.status_code == 201
    assert (answer.json()["points"], answer.json()["available"]) == (points, left.get("available", 0))
    assert till.balance() == left
    assert till.lines()[0]["remark"] == "Counted wrongly"


def test_a_correction_beyond_the_limit_is_for_staff(till):
    till.earn(5000)
    before = contents()
    for points in (1001, -1001):
        assert_problem(till.adjust(points), 403, "adjustment_too_large")
    assert contents() == before


def test_a_correction_never_takes_what_is_not_there(till):
    till.earn(10)
    assert_problem(till.adjust(-11), 409, "insufficient_points")


def test_points_are_given_to_another_customer(till, generous):
    till.earn(100)
    answer = till.give(60)
    assert answer.status_code == 201
    assert answer.json() == {"from": "alice", "to": "bob", "points": 60}
    assert (till.balance(), till.balance("bob")) == ({"available": 40}, {"available": 60})


def test_gifts_are_off_unless_the_programme_has_them(till):
    till.earn(2000)
    assert_problem(till.give(1), 409, "transfers_off")


def test_a_gift_has_limits(till, generous):
    till.earn(2000)
    assert_problem(till.give(1, to="alice"), 409, "transfer_to_oneself")
    assert_problem(till.give(1001), 409, "transfer_limit_reached")
    assert_problem(till.give(1, to="nobody"), 404, "not_found")
    assert_problem(till.give(1, customer="bob", to="alice"), 409, "insufficient_points")
    assert till.balance() == {"available": 2000}


INSTRUCTIONS = {
    "earn": (Scope.POINTS, EARN, {"customerId": "alice", "points": 5}, 201),
    "redeem": (Scope.POINTS, REDEEM, {"customerId": "alice", "points": 5}, 201),
    "gift": (Scope.POINTS, f"{ALICE}/gifts", {"to": "bob", "points": 5}, 201),
    "hold": (Scope.POINTS, f"{ALICE}/holds", {"points": 5, "reference": "cart-9"}, 201),
    "session": (Scope.POINTS, SESSIONS, cart(), 201),
    "open": (Scope.POINTS, f"{ALICE}/credits", {}, 200),
    "adjust": (Scope.ADJUSTMENTS, f"{ALICE}/credits/adjustments", {"points": 5, "reason": "Why"}, 201),
}
"""Every instruction: its scope, path, a body that is accepted once alice has points, and the status then."""


@pytest.fixture(params=INSTRUCTIONS)
def instruction(request, till, generous):
    till.earn(100)
    return INSTRUCTIONS[request.param]


def test_a_key_with_the_scope_may(shop, new_caller, instruction):
    scope, path, body, status = instruction
    assert Till(new_caller(shop, scopes=[scope])).do(path, body).status_code == status


def test_a_key_with_every_other_scope_may_not(shop, new_caller, instruction):
    scope, path, body, _ = instruction
    caller = new_caller(shop, scopes=[other for other in Scope if other != scope])
    before = contents()
    assert_problem(Till(caller).do(path, body), 403, "permission_denied")
    assert contents() == before


def test_a_customer_of_another_merchant_looks_absent(new_merchant, new_caller, instruction):
    _, path, body, _ = instruction
    elsewhere = Till(new_caller(new_merchant("elsewhere")))
    before = contents()
    foreign = assert_problem(elsewhere.do(path, body), 404, "not_found")
    absent = elsewhere.do(path.replace("alice", "zoe"), {**body, "customerId": "zoe"} if "customerId" in body else body)
    assert foreign | {"request_id": ""} == assert_problem(absent, 404) | {"request_id": ""}
    assert contents() == before


def test_a_gift_to_a_customer_of_another_merchant_looks_absent(till, generous, new_merchant, new_caller):
    new_caller(new_merchant("elsewhere")).post(CUSTOMERS, {"id": "eve"})
    till.earn(100)
    assert_problem(till.give(5, to="eve"), 404, "not_found")


def test_a_merchant_without_a_programme_has_no_points(new_caller):
    customer = CustomerFactory()
    caller, path = new_caller(customer.merchant), f"{CUSTOMERS}/{customer.external_id}"
    assert_problem(caller.get(f"{path}/statement"), 409, "no_programme")
    assert_problem(caller.post(f"{path}/credits", {}), 409, "no_programme")
    assert_problem(Till(caller).earn(5, customer.external_id), 409, "no_programme")
