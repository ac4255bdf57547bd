"""What customers choose together: item to item, from who chose what.

Two things belong together as far as those who chose one chose the other (the cosine of their sets of customers), less
where few say so: a tie of `n` customers counts n ÷ (n + SHRINKAGE) of itself. It is a sum over pairs, so it needs no
matrix, and memory for pairs only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from itertools import combinations
from math import sqrt
from typing import TypeAlias

import msgspec

SHRINKAGE = 5
CUSTOMERS_MIN = 3
"""What fewer customers chose is not told, so that nobody's own choice is."""

OTHERS_MAX = 20
"""How many things are kept beside each."""

CHOICES_MAX = 100
"""Whoever chose more things than this tells nothing about which belong together."""

MILLION = 1_000_000


class Affinity(msgspec.Struct, frozen=True):
    """Whoever chose `item` often chose `other`: so many customers both; `strength` in millionths."""

    item: int
    other: int
    customers: int
    strength: int


Learned: TypeAlias = tuple[dict[int, int], list[Affinity]]


def learn(choices: Iterable[Set[int]]) -> Learned:
    """Learn from what each customer chose.

    :param choices: one set of things for each customer.
    :returns: how many customers chose each thing, and what belongs to it, the strongest OTHERS_MAX.
    """
    chosen: Counter[int] = Counter()
    together: Counter[tuple[int, int]] = Counter()
    for items in choices:
        chosen.update(items)
        if len(items) <= CHOICES_MAX:
            together.update(combinations(sorted(items), 2))
    beside: dict[int, list[Affinity]] = {}
    for (one, other), customers in together.items():
        if customers < CUSTOMERS_MIN:
            continue
        cosine = customers / sqrt(chosen[one] * chosen[other])
        strength = max(1, round(MILLION * cosine * customers / (customers + SHRINKAGE)))
        beside.setdefault(one, []).append(Affinity(one, other, customers, strength))
        beside.setdefault(other, []).append(Affinity(other, one, customers, strength))
    kept = [each for all_ in beside.values() for each in sorted(all_, key=_strongest_first)[:OTHERS_MAX]]
    return {item: customers for item, customers in chosen.items() if customers >= CUSTOMERS_MIN}, kept


def scores(mine: Set[int], affinities: Iterable[Affinity]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Score things for somebody by what they chose.

    :param mine: what they chose; `affinities` are at least those of these things.
    :returns: the score of each thing, and which of theirs speaks most for it.
    """
    total: Counter[int] = Counter()
    most: dict[int, tuple[int, int]] = {}
    for each in affinities:
        if each.item in mine and each.other not in mine:
            total[each.other] += each.strength
            most[each.other] = max(most.get(each.other, (0, 0)), (each.strength, each.item))
    return total, {other: item for other, (_, item) in most.items()}


def _strongest_first(affinity: Affinity) -> tuple[int, int]:
    return -affinity.strength, affinity.other
