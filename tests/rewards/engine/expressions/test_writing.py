"""Conditions written back as text, and as rows for people who do not write expressions."""

import random

import pytest

from rewards.engine.expressions.parser import parse_expression
from rewards.engine.expressions.rows import Row, read_rows, write_rows
from rewards.engine.expressions.writing import written
from tests.rewards.engine.expressions.test_against_cel import VOCABULARY, Writer


def shape(tree):
    return tree.kind, tree.value, tuple(shape(part) for part in tree.parts)


def test_what_is_written_back_is_read_as_the_same():
    for seed in range(500):
        text = Writer(random.Random(seed), ["meals"]).condition(4)
        tree = parse_expression(text)
        assert shape(parse_expression(written(tree))) == shape(tree), text


@pytest.mark.parametrize("text", ["1.5 < 20.0", "-1 < 0", "'it\\'s' == \"\\n\"", "size('a') == 1", "!!true"])
def test_constants_and_calls_are_written_back_too(text):
    assert shape(parse_expression(written(parse_expression(text)))) == shape(parse_expression(text))


ROWS = {
    "purchase.total >= 2500": [Row("purchase.total", ">=", "2500", "or")],
    "customer.tier == 'gold' && !customer.is_referred": [
        Row("customer.tier", "==", "gold", "or"),
        Row("customer.is_referred", "==", "false", "and"),
    ],
    "customer.tier in ['gold', 'silver'] || 'meals' in purchase.categories && purchase.units['meals'] > 2": [
        Row("customer.tier", "in", "gold, silver", "or"),
        Row("purchase.categories", "has", "meals", "or"),
        Row("purchase.units[meals]", ">", "2", "and"),
    ],
    "!('gifts' in purchase.categories)": [Row("purchase.categories", "has_not", "gifts", "or")],
}


@pytest.mark.parametrize("text", ROWS)
def test_a_simple_condition_is_shown_as_rows_and_written_from_them(text):
    assert read_rows(text, VOCABULARY) == ROWS[text]
    assert write_rows(ROWS[text], VOCABULARY) == text


@pytest.mark.parametrize(
    "text", ["purchase.total + 1 > 2", "(true || false) && true", "purchase.total > 1 ? true : false", "size('a') > 1"]
)
def test_what_rows_cannot_say_is_left_to_the_expression(text):
    assert read_rows(text, VOCABULARY) is None
