"""Simulated experiments: customers who buy or not, and if they do, for amounts that are far from normal."""

from random import Random

from rewards.engine.experiments.statistics import Sample, Verdict, compare, customers_needed

BUYERS, MEAN = 0.5, 40_00
"""How many customers buy, and for how much on average, in minor units."""

DEVIATION = MEAN * (2 * BUYERS - BUYERS**2) ** 0.5
LEAST_EFFECT = BUYERS * MEAN * 0.25
NEEDED = customers_needed(mean=BUYERS * MEAN, deviation=DEVIATION, least_effect=LEAST_EFFECT)
LOOKS = 10


def spends(chance, effect=0.0):
    """What one customer spends: nothing, or an exponential amount; `effect` is added to the mean of all."""
    if chance.random() >= BUYERS:
        return 0
    return round(chance.expovariate(1 / (MEAN + effect / BUYERS)))


def more(sample, customers, chance, effect=0.0):
    values = [spends(chance, effect) for _ in range(customers)]
    return Sample(
        sample.customers + customers, sample.total + sum(values), sample.squares + sum(each * each for each in values)
    )


def experiment(seed, *, effect=0.0, judge=compare):
    """The verdict of one experiment that is looked at LOOKS times, and stopped as soon as it says better or worse."""
    chance, control, variant = Random(seed), Sample(), Sample()
    for look in range(1, LOOKS + 1):
        control = more(control, NEEDED // LOOKS + 1, chance)
        variant = more(variant, NEEDED // LOOKS + 1, chance, effect)
        said = judge(control, variant, least_effect=LEAST_EFFECT, is_final=look == LOOKS).verdict
        if said in {Verdict.BETTER, Verdict.WORSE}:
            break
    return said


def verdicts(times, **said):
    found = [experiment(seed, **said) for seed in range(times)]
    return {verdict: found.count(verdict) / times for verdict in Verdict}
