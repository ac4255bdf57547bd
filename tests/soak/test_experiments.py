"""Thousands of simulated experiments: verdicts are as often wrong as it is said, and effects as often found."""

import pytest

from rewards.engine.experiments.statistics import ALPHA, ALPHA_EARLY, POWER, Verdict
from tests.rewards.engine.experiments.simulated import LEAST_EFFECT, verdicts

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
TIMES = 5_000


def test_false_alarms_stay_within_what_is_stated_over_thousands_of_experiments():
    found = verdicts(TIMES)
    assert found[Verdict.BETTER] + found[Verdict.WORSE] <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / TIMES) ** 0.5


@pytest.mark.parametrize("sign", [1, -1])
def test_the_planned_effect_is_found_over_thousands_of_experiments(sign):
    found = verdicts(TIMES, effect=sign * LEAST_EFFECT)
    right, wrong = (Verdict.BETTER, Verdict.WORSE)[::sign]
    assert found[right] >= POWER - 3 * (POWER * (1 - POWER) / TIMES) ** 0.5
    assert found[wrong] <= ALPHA_EARLY
