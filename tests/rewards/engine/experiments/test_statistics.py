"""What an experiment says is right as often as it claims: known values, and many simulated experiments."""

import pytest

from rewards.engine.experiments.statistics import (
    ALPHA,
    ALPHA_EARLY,
    POWER,
    Sample,
    Verdict,
    always_valid,
    compare,
    customers_needed,
)
from tests.rewards.engine.experiments.simulated import LEAST_EFFECT, verdicts

TIMES = 400


def within_chance(rate):
    """Three standard deviations of a share of TIMES experiments."""
    return 3 * (rate * (1 - rate) / TIMES) ** 0.5


def sample(*values):
    return Sample(len(values), sum(values), sum(each * each for each in values))


def test_mean_and_variance_are_those_of_the_values_even_of_large_money():
    huge = 10**12
    assert sample(2, 4, 4, 4, 5, 5, 7, 9).mean == 5
    assert sample(2, 4, 4, 4, 5, 5, 7, 9).variance == pytest.approx(32 / 7)
    assert sample(huge, huge + 1, huge + 2).variance == 1
    assert Sample().mean == Sample().variance == sample(3).variance == 0


def test_the_size_is_that_of_the_two_sample_formula():
    # z(0.98) = 2.0537, z(0.9) = 1.2816: 3.3353² × (1² + 1.1²) / 0.1²
    assert customers_needed(mean=1, deviation=1, least_effect=0.1) == 2459
    assert customers_needed(mean=1, deviation=1, least_effect=0.1, comparisons=2) > 2459
    assert customers_needed(mean=1, deviation=1, least_effect=100) == 100


def test_the_always_valid_interval_is_where_the_mixture_ratio_reaches_its_bound():
    squared_error, tau = 0.04, 0.3
    half, wider = always_valid(squared_error, tau=tau, alpha=0.05), squared_error + tau**2
    ratio = (squared_error / wider) ** 0.5 * 2.718281828459045 ** (tau**2 * half**2 / (2 * squared_error * wider))
    assert ratio == pytest.approx(1 / 0.05)


def test_few_customers_and_equal_values_say_nothing():
    plenty = Sample(1_000, 500, 500)
    for control, variant in [(Sample(99, 50, 50), plenty), (plenty, Sample(1_000, 0, 0))]:
        said = compare(control, variant, least_effect=0.01, is_final=True)
        assert (said.interval, said.verdict) == (None, Verdict.INCONCLUSIVE)


def test_a_wide_interval_is_inconclusive_and_a_narrow_one_around_nothing_is_no_difference():
    def half_of(customers, *, is_final):
        half = Sample(customers, customers // 2, customers // 2)
        return compare(half, half, least_effect=0.05, is_final=is_final).verdict

    assert half_of(200, is_final=True) == Verdict.INCONCLUSIVE
    assert half_of(20_000, is_final=True) == Verdict.NO_DIFFERENCE
    assert half_of(20_000, is_final=False) == Verdict.INCONCLUSIVE


def test_of_equal_variants_at_most_the_stated_share_is_called_different_however_often_one_looks():
    found = verdicts(TIMES)
    assert found[Verdict.BETTER] + found[Verdict.WORSE] <= ALPHA + within_chance(ALPHA)
    assert found[Verdict.NO_DIFFERENCE] >= 0.8

    def impatient(*samples, least_effect, is_final):
        return compare(*samples, least_effect=least_effect, is_final=True)

    fooled = verdicts(TIMES, judge=impatient)
    assert fooled[Verdict.BETTER] + fooled[Verdict.WORSE] > 2 * ALPHA


@pytest.mark.parametrize(("effect", "verdict"), [(LEAST_EFFECT, Verdict.BETTER), (-LEAST_EFFECT, Verdict.WORSE)])
def test_the_least_effect_that_matters_is_found_as_often_as_planned(effect, verdict):
    found = verdicts(TIMES, effect=effect)
    assert found[verdict] >= POWER - within_chance(POWER)
    assert sum(found[each] for each in {Verdict.BETTER, Verdict.WORSE} - {verdict}) <= ALPHA_EARLY
