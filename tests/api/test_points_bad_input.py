"""Instructions that cannot be read are refused, say what is wrong, and leave nothing behind."""

import pytest

from tests.api.caller import assert_problem, contents
from tests.api.points import ALICE, EARN, REDEEM
from tests.api.test_bad_input import UNREADABLE, WRONG_AMOUNTS, WRONG_TEXTS
from tests.api.test_idempotency import MONEY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unchanged(till, generous):
    """The test must leave every table as it found it."""
    till.earn(100)
    before = contents()
    yield
    assert contents() == before


@pytest.mark.parametrize("name", ["earn", "hold"])
def test_a_body_that_two_readers_could_read_differently_is_refused(till, name):
    path, body, _ = MONEY[name]
    for fault, spoil in UNREADABLE.items():
        assert_problem(till.do(path, spoil(body)), 400, about=fault)


@pytest.mark.parametrize("path", [*(path for path, _, _ in MONEY.values())])
def test_an_instruction_must_say_something(till, path):
    for body in (b"", {}, [], None, b"null", 7):
        assert_problem(till.do(path, body), 400)


@pytest.mark.parametrize("name", ["earn", "redeem", "gift", "hold", "adjust"])
def test_points_are_a_whole_number_up_to_ten_millions(till, name):
    path, body, _ = MONEY[name]
    below = -(10**7) - 1 if name == "adjust" else -1
    for points in (0, 2**31, 10_000_001, below, *(wrong for wrong in WRONG_AMOUNTS.values() if wrong != -1)):
        problem = assert_problem(till.do(path, {**body, "points": points}), 400, "invalid", about=points)
        assert problem["errors"][0]["pointer"] == "/points"


TEXTS = [
    (EARN, "customerId"), (REDEEM, "reference"), (f"{ALICE}/gifts", "to"), (f"{ALICE}/holds", "reference"),
    (f"{ALICE}/credits/adjustments", "reason"),
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG_TEXTS.values(), ids=WRONG_TEXTS)
def test_texts_are_short_and_printable(till, value):
    bodies = {path: body for path, body, _ in MONEY.values()}
    for path, field in TEXTS:
        is_allowed = (field == "reference" and path == REDEEM and value is None) or (
            field == "reason" and value == WRONG_TEXTS["too-long"]
        )
        if not is_allowed:
            problem = assert_problem(till.do(path, {**bodies[path], field: value}), 400, "invalid")
            assert problem["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize("type_", ["Bonus", "a b", "x" * 31, "1x", "bonus\n", "é", 7, None])
def test_a_type_is_a_code(till, type_):
    problem = assert_problem(till.earn(5, type=type_), 400, "invalid")
    assert problem["errors"][0]["pointer"] == "/type"


@pytest.mark.parametrize("reference", ["nobody", "%00", "%ff", "9" * 30, "..%2f..", "x" * 100_000])
def test_whoever_is_not_there_is_404_whatever_they_are_called(till, reference):
    for path, body, _ in MONEY.values():
        if "alice" in path:
            assert_problem(till.do(path.replace("alice", reference), body), 404, "not_found")
    for path in ("statement", "statement/export", "expiring"):
        assert_problem(till.api.get(f"/api/v1/customers/{reference}/{path}"), 404, "not_found")
    for path in ("customer", "points/history"):
        assert_problem(till.api.get(f"/api/v1/loyalty/{path}/{reference}"), 404, "not_found")
