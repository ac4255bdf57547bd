"""What is answered while PostgreSQL, Redis or both are stopped or frozen: each cell of the table in the README."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count

import pytest

from config.lib.snapshots import TRUSTED_SECONDS
from tests.outage.product import crowded, frozen, stopped

WAYS = pytest.mark.parametrize("away", [stopped, frozen])
WAYS_OF_POSTGRES = pytest.mark.parametrize("away", [stopped, frozen, crowded])
DEADLINE_SECONDS = 3
CATALOG = "/api/v1/rewards/catalog"
numbers = count()


def until_nothing_is_trusted():
    """Snapshots and keys are the truth for five seconds after they were read."""
    time.sleep(TRUSTED_SECONDS + 0.1)


def assert_unavailable(answer):
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


def assert_nobody_waits(call):
    """Once it is known that a server hangs, many calls take less together than each would take to find it out."""
    begin = time.monotonic()
    for _ in range(20):
        call()
    assert time.monotonic() - begin < DEADLINE_SECONDS


@WAYS
def test_without_redis_everything_goes_on(product, away):
    number = next(numbers)
    product.earn("alice", number)
    before = product.credits("alice").json["available"]
    with away(product.redis):
        assert product.credits("alice").json["available"] == before
        assert product.buy("alice", f"{away}{number}").status == 202
        product.work("evaluate")
        answer = product.credits("alice").json
        assert (answer["available"] > before, answer["stale"]) == (True, False)
        assert_nobody_waits(lambda: product.credits("alice"))
    # Whatever Redis remembers of before, it is not believed.
    assert product.credits("alice").json["available"] == answer["available"]


@WAYS_OF_POSTGRES
def test_without_postgresql_credits_are_the_last_that_were_known_and_nothing_is_written(product, away):
    number = next(numbers)
    product.earn("bob", number)
    known, catalog = product.credits("bob").json, product.call("GET", CATALOG).json
    assert product.buy("bob", f"unread-{away}").status == 202
    product.work("evaluate")
    with away(product.postgres):
        answer = product.credits("bob")
        assert answer.status == 200
        assert answer.json == {**known, "stale": True, "as_of": answer.json["as_of"]}
        assert datetime.fromisoformat(answer.json["as_of"]) < datetime.now(UTC)
        assert product.call("GET", CATALOG).json == catalog
        assert_unavailable(product.buy("bob", f"{away}{number}"))
        assert_unavailable(product.credits("nobody"))
        assert_nobody_waits(lambda: product.credits("bob"))
        assert_nobody_waits(lambda: product.buy("bob", f"{away}{number}"))


@WAYS_OF_POSTGRES
def test_without_both_it_is_said_and_when_to_come_back(product, away):
    product.earn("bob", next(numbers))
    with ExitStack() as stack:
        stack.enter_context(away(product.postgres))
        stack.enter_context((frozen if away is crowded else away)(product.redis))
        assert_unavailable(product.credits("bob"))
        assert_nobody_waits(lambda: assert_unavailable(product.credits("bob")))
        assert_unavailable(product.buy("bob", f"both-{away}"))


def test_a_customer_whom_nobody_asked_for_is_known_without_postgresql_too(product):
    product.earn("dora", next(numbers))
    until_nothing_is_trusted()
    with stopped(product.postgres):
        answer = product.credits("dora").json
        assert (answer["available"] > 0, answer["stale"]) == (True, True)


def test_a_customer_is_known_by_our_id_too_once_it_was_asked_for(product):
    uuid = product.call("POST", "/api/v1/customers", {"id": "emma"}).json["uuid"]
    assert product.credits(uuid).json["stale"] is False
    with stopped(product.postgres):
        answer = product.credits(uuid).json
        assert (answer["customer"], answer["stale"]) == ("emma", True)


def test_without_postgresql_a_strangers_key_opens_nothing(product):
    product.earn("alice", next(numbers))
    with stopped(product.postgres):
        assert_unavailable(product.credits("alice", merchant={"api_key": "gv_unknown"}))


def test_a_write_that_redis_did_not_hear_of_is_seen_as_soon_as_old_snapshots_are_not_trusted(product):
    product.earn("bob", next(numbers))
    before = product.credits("bob").json["available"]
    assert product.buy("bob", f"unheard-{next(numbers)}").status == 202
    with frozen(product.redis):
        product.work("evaluate")
    until_nothing_is_trusted()
    assert product.credits("bob").json["available"] > before
