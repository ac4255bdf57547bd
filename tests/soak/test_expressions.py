"""Ten thousand conditions mean what an independent implementation of CEL says that they mean."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rewards.engine.expressions.test_against_cel import DEPTH_MAX, Writer, by_cel, by_us, situations

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
EXPRESSIONS = 10_000


@settings(max_examples=EXPRESSIONS, deadline=None)
@given(situations, st.integers(2, DEPTH_MAX), st.integers(0, 2**32))
def test_any_condition_means_what_cel_says_it_means(given_facts, depth, seed):
    text = Writer(random.Random(seed), list(given_facts.purchase.categories)).condition(depth)
    assert by_us(text, given_facts) == by_cel(text, given_facts), text
