"""Refunds in parts: settled into lines, and exact whatever the order of the parts."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.engine.returns import (
    ALREADY_REFUNDED,
    EXCEEDS_PAID,
    NOTHING_REFUNDED,
    UNKNOWN_LINE,
    Asked,
    AskedLine,
    CannotReturn,
    Part,
    Sale,
    SoldLine,
)


def sale(total, *lines):
    """A purchase of lines, each (quantity, unit price) or (quantity, unit price, key)."""
    return Sale(total=total, lines=[SoldLine(quantity, price, key="".join(key)) for quantity, price, *key in lines])


def by_line(**line):
    return Asked(lines=(AskedLine(**line),))


def paid_back(bought, *asked):
    """Settle refunds one after the other; what each came to."""
    settled = []
    for each in asked:
        settled.append(bought.settle(each, bought.returned(settled)))
    return settled


def gone(bought, settled, points, shares):
    """How many points each refund takes."""
    sums = [
        bought.points_gone(bought.returned(settled[:count]), points=points, shares=shares)
        for count in range(len(settled) + 1)
    ]
    return [after - before for before, after in pairwise(sums)]


@pytest.mark.parametrize("lines", [[], [(1, 10000)]], ids=["without lines", "with one"])
@pytest.mark.parametrize("parts", sorted(set(permutations([3333, 3333, 3334]))))
def test_three_parts_of_a_hundred_dollars_take_exactly_125_points_in_every_order(lines, parts):
    bought = sale(10000, *lines)
    settled = paid_back(bought, *[Asked(amount) for amount in parts])
    taken = gone(bought, settled, 125, (125,) if lines else ())
    assert sum(taken) == 125
    assert all(count in (41, 42) for count in taken)
    assert bought.is_whole(bought.returned(settled))


@pytest.mark.parametrize(
    ("total", "points"), [(1000, 1000), (1_234_567, 1234), (0, 7)], ids=["JPY, 0 digits", "KWD, 3 digits", "free"]
)
def test_money_is_whole_numbers_whatever_the_currency(total, points):
    bought = sale(total, (3, total // 3))
    settled = paid_back(bought, *[by_line(index=0, quantity=1)] * 3)
    assert sum(each.amount for each in settled) == total
    assert sum(gone(bought, settled, points, (points,))) == points


def test_what_was_paid_of_a_line_is_its_part_of_the_total():
    assert sale(100, (1, 1), (1, 1), (1, 1)).paid == (34, 33, 33)
    assert sale(900, (2, 300), (1, 400)).paid == (540, 360)


def test_an_amount_is_spread_over_what_is_left_of_the_lines():
    bought = sale(900, (2, 300), (1, 400))
    first, second = paid_back(bought, by_line(index=1), Asked(100))
    assert first.parts == (Part(1, 360, 1),)
    assert second.parts == (Part(0, 100),)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ({"key": "a"}, Part(0, 1000, 3)),
        ({"index": 0, "quantity": 2}, Part(0, 666, 2)),
        ({"index": 0, "quantity": 3}, Part(0, 1000, 3)),
        ({"index": 0, "amount": 10}, Part(0, 10)),
        ({"index": 0, "quantity": 1, "amount": 300}, Part(0, 300, 1)),
        ({"key": "b"}, Part(1, 0, 1)),
    ],
)
def test_a_line_is_paid_back_wholly_or_by_items_or_by_an_amount(asked, part):
    (settled,) = paid_back(sale(2000, (3, 500, "a"), (1, 0, "b"), (1, 1500)), by_line(**asked))
    assert settled.parts == (part,)


def test_the_last_item_of_a_line_pays_back_what_is_left_of_it():
    bought = sale(100, (3, 30), (1, 10))
    settled = paid_back(bought, *[by_line(index=0, quantity=1)] * 3)
    assert [each.amount for each in settled] == [30, 30, 30]
    bought = sale(100, (3, 1))
    assert [each.amount for each in paid_back(bought, *[by_line(index=0, quantity=1)] * 3)] == [33, 33, 34]


def test_whatever_pays_back_the_last_gives_back_all_items():
    bought = sale(1000, (2, 500), (1, 0))
    settled = paid_back(bought, Asked(400), Asked(600))
    assert settled[1].parts == (Part(0, 600, 2), Part(1, 0, 1))
    assert bought.is_whole(bought.returned(settled))


def test_a_free_purchase_is_whole_once_all_its_items_are_back():
    bought = sale(0, (1, 0), (2, 0))
    one, two = paid_back(bought, by_line(index=0), by_line(index=1))
    assert [bought.is_whole(bought.returned(done)) for done in ([], [one], [one, two])] == [False, False, True]
    assert bought.is_whole(bought.returned(paid_back(bought, Asked())))
    nothing = sale(0)
    assert not nothing.is_whole(nothing.returned([]))
    assert nothing.is_whole(nothing.returned(paid_back(nothing, Asked(0))))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ((Asked(1001),), EXCEEDS_PAID),
        ((Asked(600), Asked(401)), EXCEEDS_PAID),
        ((by_line(index=0, amount=701),), EXCEEDS_PAID),
        ((by_line(index=0, quantity=2),), EXCEEDS_PAID),
        ((by_line(index=0), by_line(index=0, amount=1)), EXCEEDS_PAID),
        ((Asked(0),), NOTHING_REFUNDED),
        ((by_line(index=0, amount=0),), NOTHING_REFUNDED),
        ((by_line(index=0), by_line(index=0)), NOTHING_REFUNDED),
        ((by_line(index=2),), UNKNOWN_LINE),
        ((by_line(key="c"),), UNKNOWN_LINE),
        ((Asked(lines=(AskedLine(index=0), AskedLine(key="a"))),), UNKNOWN_LINE),
        ((Asked(), Asked()), ALREADY_REFUNDED),
        ((Asked(1000), Asked(1)), ALREADY_REFUNDED),
    ],
)
def test_more_than_was_paid_or_nothing_at_all_is_never_paid_back(asked, code):
    with pytest.raises(CannotReturn) as refused:
        paid_back(sale(1000, (1, 700, "a"), (1, 300, "b")), *asked)
    assert refused.value.code == code


def test_two_lines_of_one_key_must_be_told_apart_by_their_index():
    with pytest.raises(CannotReturn):
        paid_back(sale(10, (1, 5, "a"), (1, 5, "a")), by_line(key="a"))


lines = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3000)), max_size=4)
requests = st.lists(
    st.one_of(
        st.builds(Asked, st.integers(0, 9000)),
        st.builds(
            by_line,
            index=st.integers(0, 3),
            quantity=st.none() | st.integers(1, 5),
            amount=st.none() | st.integers(0, 3000),
        ),
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(lines, st.integers(0, 9000), requests, st.integers(0, 5000), st.randoms(use_true_random=False))
def test_any_parts_in_any_order_take_exactly_what_was_given(lines, total, requests, points, random):
    bought = sale(total, *lines)
    settled = []
    for asked in [*requests, Asked()]:
        try:
            settled.append(bought.settle(asked, bought.returned(settled)))
        except CannotReturn:
            continue
    whole = bought.returned(settled)
    assert bought.is_whole(whole)
    assert (whole.amount, whole.quantities) == (total, tuple(line.quantity for line in bought.lines))
    shares = [points // (index + 1) for index in range(len(lines))] if any(bought.paid) else []
    given_points = sum(shares) if shares else points
    random.shuffle(settled)
    taken = gone(bought, settled, given_points, shares)
    assert min(taken) >= 0
    assert sum(taken) == given_points
