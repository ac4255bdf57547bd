"""Whatever happens in whatever order, redemptions are what a few lines of plain Python say they are."""

import pytest

from tests.fulfillment.machine import Redeeming
from tests.steps import take_steps

STEPS_AT_LEAST = 300


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_redemptions_are_what_the_model_says():
    take_steps(Redeeming, STEPS_AT_LEAST)
