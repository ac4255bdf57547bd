"""Whatever happens in whatever order, the ledger is what a few lines of plain Python say it is."""

import pytest

from tests.credits.machine import take_steps

STEPS_AT_LEAST = 2_000


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_the_ledger_is_what_the_model_says():
    assert take_steps(STEPS_AT_LEAST) >= STEPS_AT_LEAST
