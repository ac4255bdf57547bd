"""One wallet and many carts, round after round."""

import pytest

from tests.concurrency.test_wallet import many_rounds, the_books_are_right

__all__ = ["the_books_are_right"]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200), pytest.mark.django_db(transaction=True)]
ROUNDS = 200


def test_200_rounds_of_40_carts_are_never_promised_more_than_there_is():
    many_rounds(ROUNDS)
