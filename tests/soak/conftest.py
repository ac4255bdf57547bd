"""The long trials use the shop, the evaluators and the proof of the tests of concurrency."""

import os
import random

import pytest

from tests.concurrency.conftest import evaluators, shop, the_books_are_right

__all__ = ["evaluators", "shop", "the_books_are_right"]
ROUNDS = 10


def pytest_generate_tests(metafunc):
    """Every race is run in several rounds."""
    if metafunc.module.__name__.endswith("test_races"):
        metafunc.fixturenames.append("round_number")
        metafunc.parametrize("round_number", range(1, ROUNDS + 1))


@pytest.fixture
def seed():
    """The number that a random schedule follows from; SOAK_SEED runs one again."""
    number = int(os.environ.get("SOAK_SEED", random.SystemRandom().randrange(10**9)))
    print(f"\nSOAK_SEED={number}")
    return number
