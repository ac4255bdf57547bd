"""How far somebody has come, from what they did on each day."""

from datetime import date

import pytest

from rewards.engine.campaigns.definition import Goal
from rewards.engine.campaigns.progress import Done, reached

# Monday 16 to Friday 20 November, the Sunday before, the last of October, and a purchase that was paid back.
DAYS = {
    date(2026, 10, 31): Done(5_00, 1),
    date(2026, 11, 15): Done(10_00, 2),
    date(2026, 11, 16): Done(7_50, 1),
    date(2026, 11, 18): Done(0, 0),
    date(2026, 11, 20): Done(1_00, 1),
}


@pytest.mark.parametrize(
    ("measure", "amount"),
    [
        ("spend", 23_50),
        ("purchases", 5),
        ("referrals", 5),
        ("days_in_a_row", 2),
        ("weeks_in_a_row", 2),
        ("months_in_a_row", 2),
    ],
)
def test_what_was_reached(measure, amount):
    assert reached(Goal(measure, 1), DAYS) == amount


def test_more_paid_back_than_bought_is_nothing():
    assert reached(Goal("spend", 1), {date(2026, 11, 20): Done(-5, 0)}) == 0
