"""Redemptions against their model, for long."""

import pytest

from tests.fulfillment.machine import Redeeming
from tests.steps import take_steps

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600), pytest.mark.django_db]
STEPS_AT_LEAST = 20_000


@pytest.fixture(autouse=True)
def the_books_are_right():
    """The machine looks at the books after each step."""


def test_20_000_steps_end_as_the_model_says(capsys):
    steps = take_steps(Redeeming, STEPS_AT_LEAST)
    with capsys.disabled():
        print(f"\n{steps} steps, every rule of the books looked at after each")
    assert steps >= STEPS_AT_LEAST
