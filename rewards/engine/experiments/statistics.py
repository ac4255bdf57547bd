"""What the difference between two groups of customers tells, and how sure it is.

An experiment ends at a fixed horizon, for which the number of customers is computed beforehand, and may be looked at
every day before. Both together are wrong about two equal groups at most in a share ALPHA of all experiments:

* ALPHA_EARLY is spent on the looks before the horizon, by an always-valid confidence sequence: a normal mixture over
  the effects, with the variance estimated (Johari, Pekelis, Walsh, "Always valid inference", 2015; with an estimated
  variance it holds asymptotically: Waudby-Smith et al., 2021, which is why small groups are not judged at all);
* ALPHA_FINAL is spent on the one interval at the horizon (normal approximation, unequal variances).

Where several variants are compared with the control, each comparison gets its part of both (Bonferroni). "No
difference" is what two one-sided tests at ALPHA_FINAL say: the difference is less than the least that matters.
"""

from enum import StrEnum
from math import ceil, log, sqrt
from statistics import NormalDist

import msgspec

ALPHA_EARLY = 0.01
ALPHA_FINAL = 0.04
ALPHA = ALPHA_EARLY + ALPHA_FINAL
POWER = 0.9

CUSTOMERS_MIN = 100
"""Of fewer customers in a group nothing is said: what they spend is too far from normal."""

_NORMAL = NormalDist()


class Verdict(StrEnum):
    """What may be said of a variant, compared with the control."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"
    INCONCLUSIVE = "inconclusive"


class Sample(msgspec.Struct, frozen=True):
    """What was measured in a group: how many customers, and the sums of their values and of the squares of these."""

    customers: int = 0
    total: int = 0
    squares: int = 0

    @property
    def mean(self) -> float:
        """The value of one customer on average; 0 of nobody."""
        return self.total / self.customers if self.customers else 0.0

    @property
    def variance(self) -> float:
        """How far the values lie apart, without bias; 0 of fewer than two customers."""
        if self.customers < 2:
            return 0.0
        # Integers as long as possible: the squares of money in minor units lose their last digits as floats.
        apart = self.customers * self.squares - self.total * self.total
        return apart / (self.customers * (self.customers - 1))


class Comparison(msgspec.Struct, frozen=True):
    """A variant beside the control: the difference of the means, its interval, and the verdict.

    The interval is None while too little is known.
    """

    difference: float
    interval: tuple[float, float] | None
    verdict: Verdict


def customers_needed(*, mean: float, deviation: float, least_effect: float, comparisons: int = 1) -> int:
    """Return how many customers each group needs, so that the least effect that matters is found with POWER.

    :param mean: of the values of customers without the effect, more than 0.
    :param deviation: the standard deviation of these values, more than 0.
    :param least_effect: the least difference of means that matters, more than 0.
    Source: the two-sample normal formula, n = (z(1 - α/2) + z(power))² (σ₁² + σ₂²) / δ², where the deviation grows as
    the mean does: whoever makes customers spend more makes them differ more, too.
    """
    z = _z(ALPHA_FINAL / comparisons) + _NORMAL.inv_cdf(POWER)
    variances = deviation**2 * (1 + (1 + least_effect / mean) ** 2)
    return max(CUSTOMERS_MIN, ceil(z**2 * variances / least_effect**2))


def compare(
    control: Sample, variant: Sample, *, least_effect: float, is_final: bool, comparisons: int = 1
) -> Comparison:
    """Compare a variant with the control.

    :param least_effect: the least difference of means that matters, in the unit of the values, more than 0.
    :param is_final: whether the horizon is reached; if not, only the always-valid interval is used, so it may be asked
        as often as one likes.
    :param comparisons: with how many variants the control is compared in all.
    """
    difference = variant.mean - control.mean
    if min(control.customers, variant.customers) < CUSTOMERS_MIN or not control.variance or not variant.variance:
        return Comparison(difference, None, Verdict.INCONCLUSIVE)
    squared_error = control.variance / control.customers + variant.variance / variant.customers
    early = always_valid(squared_error, tau=least_effect, alpha=ALPHA_EARLY / comparisons)
    half = _z(ALPHA_FINAL / comparisons) * sqrt(squared_error) if is_final else early
    interval = (difference - half, difference + half)
    if abs(difference) > min(half, early):
        return Comparison(difference, interval, Verdict.BETTER if difference > 0 else Verdict.WORSE)
    equal_within = _z(2 * ALPHA_FINAL / comparisons) * sqrt(squared_error)
    is_equal = is_final and abs(difference) + equal_within < least_effect
    return Comparison(difference, interval, Verdict.NO_DIFFERENCE if is_equal else Verdict.INCONCLUSIVE)


def always_valid(squared_error: float, *, tau: float, alpha: float) -> float:
    """Return half the width of an interval that holds the true difference at all looks together, but for `alpha`.

    :param squared_error: of the difference, more than 0.
    :param tau: the deviation of the mixture, more than 0: the interval is narrowest where effects are of its size.
    The likelihood ratio of the mixture, √(V/(V+τ²)) · exp(τ²d² / 2V(V+τ²)), reaches 1/α with a probability of at most
    α, at any look (Ville); this is where it does.
    """
    wider = squared_error + tau * tau
    return sqrt(squared_error * wider / (tau * tau) * (log(wider / squared_error) - 2 * log(alpha)))


def _z(alpha: float) -> float:
    return _NORMAL.inv_cdf(1 - alpha / 2)
