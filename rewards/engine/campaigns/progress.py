"""How far somebody has come towards a goal, from what they did on each day of a round."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from rewards.engine.campaigns.definition import IN_A_ROW, SPEND, Goal


class Done(NamedTuple):
    """What somebody did on a day, net of refunds: minor units spent, and purchases (or friends who bought)."""

    spend: int
    times: int


def reached(goal: Goal, days: Mapping[date, Done]) -> int:
    """How much of a goal's measure was reached, of a streak the longest; never negative."""
    if goal.measure == SPEND:
        return max(0, sum(done.spend for done in days.values()))
    if goal.measure in IN_A_ROW:
        return _longest_run(_number(day, IN_A_ROW[goal.measure]) for day, done in days.items() if done.times > 0)
    return max(0, sum(done.times for done in days.values()))


def _number(day: date, period: str) -> int:
    """The number of the day, week (from Monday) or month that a day lies in; consecutive ones are one apart."""
    if period == "month":
        return day.year * 12 + day.month
    return (day.toordinal() - 1) // 7 if period == "week" else day.toordinal()


def _longest_run(numbers: Iterable[int]) -> int:
    longest = run = 0
    last: int | None = None
    for number in sorted(set(numbers)):
        run = run + 1 if last is not None and number == last + 1 else 1
        longest, last = max(longest, run), number
    return longest
