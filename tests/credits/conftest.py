"""A customer's ledger; when a test that uses it ends, the books must still be right."""

import pytest

from tests.credits.ledger import Ledger, assert_books_are_right
from tests.factories.referrals import NOON


@pytest.fixture
def new_ledger(db):
    """Make ledgers, each of another merchant."""
    ledgers = []

    def make(**wallet):
        ledgers.append(Ledger(**wallet))
        return ledgers[-1]

    yield make
    assert_books_are_right(max([ledger.latest for ledger in ledgers], default=NOON))


@pytest.fixture
def ledger(new_ledger):
    """A ledger without expiry, where a refund of spent points leaves a debt."""
    return new_ledger()
