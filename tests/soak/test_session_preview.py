"""A thousand carts of fifty customers: what is said before is what is given after."""

import pytest

from tests.rewards.test_session_preview import many_carts, open_random_shop

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800), pytest.mark.django_db]
TRIALS = 1_000


@pytest.fixture(autouse=True)
def the_books_are_right():
    """The carts prove them at their own moment."""


def test_a_thousand_random_carts_earn_what_was_said():
    many_carts(open_random_shop(), TRIALS)
