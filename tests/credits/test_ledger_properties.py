"""Whatever happens in whatever order, the ledger is what a few lines of plain Python say it is."""

import pytest

from tests.credits.machine import Postings
from tests.steps import take_steps

STEPS_AT_LEAST = 2_000


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_the_ledger_is_what_the_model_says():
    take_steps(Postings, STEPS_AT_LEAST)
