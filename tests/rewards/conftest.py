"""Shops; when a test that uses one ends, the books must still be right."""

from datetime import timedelta

import pytest

from tests.factories.referrals import NOON
from tests.rewards.people import FRIEND_BUYS, OWN, People
from tests.rewards.shop import Shop, assert_books_are_right


@pytest.fixture
def open_shop(db):
    """Open shops, each with policies of its own."""
    shops = []

    def open_one(*policies, **said):
        shops.append(Shop(*policies, **said))
        return shops[-1]

    yield open_one
    assert_books_are_right(now=max([NOON + timedelta(days=1), *(shop.now for shop in shops)]))


@pytest.fixture
def open_people(db):
    """Open a shop whose customers can be merged."""
    yield People
    assert_books_are_right()


@pytest.fixture
def two(open_people):
    """Ann and Anna, who are one, each with a purchase."""
    shop = open_people(OWN, FRIEND_BUYS)
    shop.bought("ann")
    shop.bought("anna")
    return shop
