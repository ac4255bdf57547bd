"""Whatever happens in whatever order, the ledger is what a few lines of plain Python say it is."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.credits.machine import Postings

STEPS = {"max_examples": 40, "stateful_step_count": 50}
STEPS_IN_SOAK = {"max_examples": 1000, "stateful_step_count": 50}


def run(steps):
    Postings.steps = 0
    profile = settings(**steps, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Postings, settings=profile)
    return Postings.steps


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_the_ledger_is_what_the_model_says():
    run(STEPS)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.django_db
def test_the_ledger_is_what_the_model_says_for_long(capsys):
    steps = run(STEPS_IN_SOAK)
    with capsys.disabled():
        print(f"\n{steps} steps, every invariant after each")
