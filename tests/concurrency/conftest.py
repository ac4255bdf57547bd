"""What tests of concurrency share: a shop, evaluators, and the proof that the books are right afterwards."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.concurrency.processes import Evaluators
from tests.concurrency.together import deadlocks
from tests.concurrency.trade import open_shop


@pytest.fixture
def shop(transactional_db):
    return open_shop()


@pytest.fixture(autouse=True)
def the_books_are_right(transactional_db):
    """After every test, every invariant of the books holds, and nobody ran into a deadlock."""
    before = deadlocks()
    yield
    assert broken_invariants() == []
    assert deadlocks() == before


def broken_invariants():
    """The invariants that do not hold, each with the rows that break it."""
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out)
    except SystemExit:
        return [invariant for invariant in json.loads(out.getvalue())["invariants"] if not invariant["ok"]]
    return []


@pytest.fixture(scope="session")
def evaluators(django_db_setup, django_db_blocker):
    """Four worker processes on the test database."""
    with django_db_blocker.unblock():
        four = Evaluators(4)
    yield four
    four.close()
