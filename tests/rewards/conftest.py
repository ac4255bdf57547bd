"""Shops; when a test that uses one ends, the books must still be right."""

import pytest

from tests.rewards.shop import Shop, assert_books_are_right


@pytest.fixture
def open_shop(db):
    """Open shops, each with policies of its own."""
    yield Shop
    assert_books_are_right()
