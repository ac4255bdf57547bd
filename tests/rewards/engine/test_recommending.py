"""What customers choose together: known strengths, and better guesses than popularity where there are tastes."""

from random import Random

import pytest

from rewards.engine.recommending import MILLION, Affinity, learn, scores

TASTES, PER_TASTE, CUSTOMERS, CHOSEN, GUESSES = 6, 10, 3_000, 5, 5


def customers_with_tastes(*, faithful, seed=1):
    """Each customer has a taste: most of what they choose is of it, and some things of every taste are liked more."""
    chance = Random(seed)
    weights = [1 / (place + 1) for place in range(PER_TASTE)]
    for _ in range(CUSTOMERS):
        taste, chosen = chance.randrange(TASTES), []
        while len(chosen) < CHOSEN:
            of = taste if chance.random() < faithful else chance.randrange(TASTES)
            thing = of * PER_TASTE + chance.choices(range(PER_TASTE), weights)[0]
            if thing not in chosen:
                chosen.append(thing)
        yield chosen


def hits(histories):
    """How often the last choice, which was held out, is among the guesses: by what is learned, and by popularity."""
    popular, affinities = learn({*history[:-1]} for history in histories)
    beside = {}
    for each in affinities:
        beside.setdefault(each.item, []).append(each)
    most = sorted(popular, key=popular.get, reverse=True)
    learned = by_popularity = 0
    for *known, held_out in histories:
        score, _ = scores({*known}, [each for item in known for each in beside.get(item, [])])
        others = [item for item in most if item not in known]
        learned += held_out in sorted(others, key=lambda item: -score.get(item, 0))[:GUESSES]
        by_popularity += held_out in others[:GUESSES]
    return learned / len(histories), by_popularity / len(histories)


def test_strength_is_the_cosine_less_where_few_say_so_and_nothing_where_hardly_anybody_does():
    chosen, affinities = learn([{1, 2}] * 20 + [{1}] * 5 + [{2, 3}] * 5 + [{1, 4}] * 2)
    assert chosen == {1: 27, 2: 25, 3: 5}
    assert {(each.item, each.other): (each.customers, each.strength) for each in affinities} == {
        (1, 2): (20, round(MILLION * 20 / (27 * 25) ** 0.5 * 20 / 25)),
        (2, 1): (20, round(MILLION * 20 / (27 * 25) ** 0.5 * 20 / 25)),
        (2, 3): (5, round(MILLION * 5 / 125**0.5 * 5 / 10)),
        (3, 2): (5, round(MILLION * 5 / 125**0.5 * 5 / 10)),
    }


def test_a_score_adds_up_and_names_what_speaks_most_for_it():
    known = [Affinity(1, 3, 9, 200), Affinity(2, 3, 9, 300), Affinity(1, 2, 9, 900), Affinity(4, 5, 9, 900)]
    score, because = scores({1, 2}, known)
    assert (dict(score), because) == ({3: 500}, {3: 2})


@pytest.mark.parametrize(("faithful", "better_by"), [(0.8, 1.5), (0.0, 0.85)])
def test_where_there_are_tastes_held_out_choices_are_guessed_better_than_by_popularity(faithful, better_by):
    learned, by_popularity = hits(list(customers_with_tastes(faithful=faithful)))
    assert learned > better_by * by_popularity
