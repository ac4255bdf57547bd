"""Taking steps with a machine that holds what it does beside a model."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

OF_AN_EXAMPLE = 50


def take_steps(machine, at_least):
    """Run a machine, each time from the beginning, until it took so many steps; how many it took is returned."""
    machine.steps = 0
    while machine.steps < at_least:
        profile = settings(
            max_examples=1 + (at_least - machine.steps) // OF_AN_EXAMPLE,
            stateful_step_count=OF_AN_EXAMPLE,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=profile)
    return machine.steps
