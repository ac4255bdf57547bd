"""Thompson sampling: what seems to work best is given most, and the rest goes on being tried as long as it might.

Each variant's rate of conversion has a Beta distribution, which begins uniform (Beta(1, 1)) and follows what was
observed. A variant's share is how often its rate would be the highest of all, in so many draws.
"""

from collections.abc import Sequence
from random import Random

import msgspec

from rewards.engine.experiments.assignment import shared_out

DRAWS = 2_000


class Outcome(msgspec.Struct, frozen=True):
    """Of so many customers who were in a variant, so many converted."""

    customers: int
    converted: int


def next_shares(outcomes: Sequence[Outcome], *, chance: Random) -> tuple[int, ...]:
    """Return how many of the 10,000 places each variant gets next.

    :param outcomes: of each variant, all rounds together.
    """
    times_best = [0] * len(outcomes)
    for _ in range(DRAWS):
        rates = [chance.betavariate(1 + each.converted, 1 + each.customers - each.converted) for each in outcomes]
        times_best[rates.index(max(rates))] += 1
    return shared_out(times_best)
