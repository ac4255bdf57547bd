"""What conditions mean, where examples say it better than the comparison with CEL."""

import pytest
from msgspec.structs import replace

from rewards.engine.expressions.checker import compile_condition
from rewards.engine.expressions.errors import ConditionError
from rewards.engine.triggers import TRIGGERS
from tests.rewards.engine.examples import ALICE, BOB, facts, line, purchase

CART = purchase(line(1000, quantity=2, sku="A"), line(500, category="drinks", sku="B"), total=2400)
GIVEN = facts(CART, buyer=replace(BOB, purchases=3, tier="silver"), referrer=ALICE)
VOCABULARY = TRIGGERS["purchase.completed"].vocabulary("referrer")


def holds(text, given=GIVEN):
    return compile_condition(text, VOCABULARY)(given)


@pytest.mark.parametrize(
    "text",
    [
        "purchase.total == 2400",
        "purchase.currency == 'USD' && purchase.payment_status == \"paid\"",
        "purchase.categories == ['meals', 'drinks']",
        "purchase.skus == ['A', 'B']",
        "purchase.quantity == 3",
        "purchase.units['meals'] == 2 && purchase.units['drinks'] == 1",
        "customer.tier == 'silver' && customer.purchases == 3 && customer.is_referred",
        "referrer.tier == 'gold' && referrer.purchases == 20",
    ],
)
def test_every_name_means_what_it_says(text):
    assert holds(text) is True


def test_a_line_without_a_category_belongs_to_none():
    plain = facts(purchase(line(500, category="")), referrer=ALICE)
    assert holds("purchase.categories == [] && purchase.units[''] == 0 && purchase.quantity == 1", plain)


def test_no_name_of_the_vocabulary_is_unreadable():
    assert all(name.read(GIVEN) is not None for name in VOCABULARY.values())


@pytest.mark.parametrize(
    "text",
    [
        "purchase.units['toys'] == 0",
        "'meals' in purchase.units && !('toys' in purchase.units)",
        "size(purchase.units) == 2",
        "size('héé') == 3",
        "'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b') && !'abc'.contains('x')",
        "'it\\'s' == \"it's\" && 'a\\\\b' != 'a\\nb'",
        "null == null && customer.tier != null",
        "'x' in [] == false",
        "1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 7 - 2 - 1 == 4",
        "-7 / 2 == -3 && -7 % 2 == -1 && 7 / -2 == -3 && 7 % -2 == 1",
        "-9223372036854775808 < 9223372036854775807",
        "true ? true : 1 / 0 == 1",
        "true || false && false",
        "1 < 2 == true",
    ],
)
def test_it_holds(text):
    assert holds(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "0.1 + 0.2 == 0.3",
        "purchase.total * 1.25 == 3000",
        "1 / 3.0 * 3 == 1",
        "purchase.total / 100.0 == 24.00",
        "1 == 1.0 && 2 in [1.5, 2.0]",
        "(true ? 1 : 2.5) / (true ? 10 : 2.5) == 0.1",
        "-1.5 < 0",
        "99999999999999999999.5 > 9223372036854775807",
    ],
)
def test_decimals_are_exact_and_mix_with_whole_numbers(text):
    """CEL has binary doubles, which do not mix with ints; money needs neither."""
    assert holds(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0 == 1",
        "1 % (customer.purchases - 3) == 0",
        "1.5 / 0.0 > 1.0",
        "9223372036854775807 + 1 > 0",
        "-9223372036854775807 - 2 < 0",
        "purchase.total * 9223372036854775807 > 0",
        "-9223372036854775808 / -1 > 0",
        "-9223372036854775808 % -1 == 0",
        "-(-9223372036854775808) > 0",
        "true && 1 / 0 == 1",
        "1 / 0 == 1 || false",
    ],
)
def test_arithmetic_without_a_value_is_an_error_of_the_condition(text):
    with pytest.raises(ConditionError):
        holds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 0 == 1 || true", True),
        ("true || 1 / 0 == 1", True),
        ("1 / 0 == 1 && false", False),
        ("false && 1 / 0 == 1", False),
        ("1 / 0 == 1 || 1 % 0 == 1 || true", True),
    ],
)
def test_what_decides_wins_over_an_error_as_in_cel(text, expected):
    assert holds(text) is expected


def test_a_condition_can_be_written_over_several_lines():
    assert holds("purchase.total > 1\n  && customer.is_referred\t\r\n")
