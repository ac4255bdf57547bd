"""Thompson sampling: what converts best is given most, soon enough to pay, and a tie is not decided by chance."""

from random import Random

from rewards.engine.experiments.assignment import PLACES
from rewards.engine.experiments.thompson import Outcome, next_shares


def shares(*outcomes):
    return next_shares([Outcome(*each) for each in outcomes], chance=Random(1))


def test_nothing_known_is_even_and_a_clear_winner_takes_nearly_all():
    assert sum(shares((0, 0), (0, 0), (0, 0))) == PLACES
    assert all(abs(share - PLACES / 3) < 400 for share in shares((0, 0), (0, 0), (0, 0)))
    assert shares((1_000, 50), (1_000, 100))[1] > 9_900
    # P(Beta(2, 1) > Beta(1, 1)) is 2/3: one conversion of one says so much, and no more.
    assert abs(shares((1, 1), (0, 0))[0] - PLACES * 2 / 3) < 400


def test_it_converts_more_customers_than_even_shares_and_loses_little_to_the_best_one():
    rates, customers, rounds = (0.04, 0.05, 0.08), 600, 20
    found = []
    for seed in range(4):
        chance = Random(seed)
        known = [[0, 0] for _ in rates]
        given = (PLACES // 3,) * 3
        for _ in range(rounds):
            for number, share in enumerate(given):
                there = customers * share // PLACES
                known[number][0] += there
                known[number][1] += sum(chance.random() < rates[number] for _ in range(there))
            given = next_shares([Outcome(*each) for each in known], chance=chance)
        found.append(sum(converted for _, converted in known) / sum(there for there, _ in known))
    mean = sum(found) / len(found)
    assert mean > 1.2 * sum(rates) / 3
    assert mean > 0.93 * max(rates)
