"""What is not a condition is refused when it is written, with the place."""

import pytest

from rewards.engine.expressions.checker import compile_condition
from rewards.engine.expressions.errors import ExpressionError
from rewards.engine.triggers import TRIGGERS

VOCABULARY = TRIGGERS["purchase.completed"].vocabulary("buyer")


def refused(text, vocabulary=VOCABULARY):
    with pytest.raises(ExpressionError) as caught:
        compile_condition(text, vocabulary)
    return caught.value.code, caught.value.offset


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("purchase.total >", 16),
        ("purchase.total > > 1", 17),
        ("(1 == 1", 7),
        ("1 == 1)", 6),
        ("1 = 1", 2),
        ("1 & 1", 2),
        ("true and true", 5),
        ("1 == 1 # yes", 7),
        ("'open", 0),
        ("'line\nbreak' == ''", 0),
        ("'\\q' == ''", 1),
        ("1e3 > 1", 0),
        ("0x10 > 1", 0),
        ("1u > 1", 0),
        (".5 < 1", 0),
        ("5. > 1", 3),
        ("1.5.x > 1", 2),
        ("٣ > 1", 0),
        ("purchase. > 1", 10),
        ("purchase.total[0", 16),
        ("'a'.b == 1", 3),
        ("size() == 1", 5),
        ("size('a', 'b') == 1", 8),
        ("[1, 2 == 1", 10),
        ("true ? 1", 8),
        ("true ? true ? true : true : true", 12),
        ("!-true", 1),
        ("purchase.total in in", 18),
    ],
)
def test_what_cannot_be_read_has_a_place(text, offset):
    assert refused(text) == ("syntax", offset)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("purchase.totl > 5", 0),
        ("1 == 1 && total > 5", 10),
        ("referrer.tier == 'gold'", 0),
        ("purchase == 1", 0),
        ("purchase.total.real > 1", 0),
        ("__class__ == 1", 0),
        ("purchase.__class__ == 1", 0),
        ("eval('1') == 1", 0),
        ("'a'.matches('a')", 4),
        ("'a'.upper('a')", 4),
        ("'a'.size('a') == 1", 4),
        ("startsWith('a')", 0),
    ],
)
def test_an_unknown_name_has_a_place(text, offset):
    assert refused(text) == ("unknown_name", offset)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("purchase.total", 0),
        ("'true'", 0),
        ("purchase.total == '5'", 15),
        ("purchase.total + 'a' == 5", 15),
        ("'a' + 'b' == 'ab'", 4),
        ("!purchase.total", 0),
        ("-customer.tier == 'a'", 0),
        ("purchase.total && true", 0),
        ("true && 1", 8),
        ("true < false", 5),
        ("customer.tier < 1", 14),
        ("null < 1", 5),
        ("1 in purchase.categories", 2),
        ("1 in purchase.units", 2),
        ("'a' in 'abc'", 4),
        ("['a', 1] == []", 0),
        ("[null, 'a'] == []", 0),
        ("[1] == ['a']", 4),
        ("purchase.units == purchase.units", 15),
        ("purchase.units[1] == 1", 14),
        ("purchase.skus[0] == 'a'", 13),
        ("size(5) == 1", 0),
        ("'a'.contains(1)", 4),
        ("purchase.skus.contains('a')", 14),
        ("true ? 1 : 'a'", 5),
        ("1 ? true : false", 0),
        ("1.5 % 1.0 == 0.5", 4),
        ("1 < 2 < 3", 6),
    ],
)
def test_types_that_do_not_go_together_have_a_place(text, offset):
    assert refused(text) == ("type_error", offset)


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" * 1900, "0" * 30])
def test_a_whole_number_has_64_bits(number):
    assert refused(f"0 < {number}")[0] == "out_of_range"


@pytest.mark.parametrize(
    "text", ["1 == 1" + " " * 1995, "||".join(["true"] * 251), " && ".join(["purchase.total > 1"] * 10_000)]
)
def test_a_condition_has_a_bounded_length(text):
    assert refused(text)[0] == "too_long"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 51 + "true" + ")" * 51,
        "!" * 51 + "true",
        "1" + " + 1" * 50 + " > 1",
        "true ? true : " * 51 + "true",
        "size([" * 26 + "1" + "])" * 26 + " == 1",
        "(" * 240 + "1" + ")" * 240 + " > 1",
    ],
)
def test_a_condition_has_a_bounded_depth(text):
    assert refused(text)[0] == "too_deep"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 49 + "true" + ")" * 49,
        "!" * 48 + "true",
        "0" + " + 1" * 47 + " > 1",
        "||".join(["true"] * 250),
        "1 == 1" + " " * 1994,
    ],
)
def test_the_bounds_themselves_are_allowed(text):
    assert compile_condition(text, VOCABULARY)(None) is True


def test_a_near_miss_is_suggested():
    with pytest.raises(ExpressionError, match=r"did you mean customer\.tier\?"):
        compile_condition("customer.teir == 'gold'", VOCABULARY)


def test_what_a_trigger_does_not_know_is_unknown():
    joined = TRIGGERS["referral.joined"].vocabulary("referrer")
    assert refused("purchase.total > 1", joined) == ("unknown_name", 0)
    assert compile_condition("referrer.tier == 'gold'", joined)
