"""Days of the calendar on which a policy is due: weekdays, or days of the month, in the merchant's zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rewards.engine.reading import Node
from rewards.engine.schedules import WEEKDAYS

MONTH_DAYS = 31


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """Weekdays, counted from Monday, 0, or days of the month; one that a month does not have is its last."""

    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()

    def has(self, day: date) -> bool:
        """Tell whether a policy is due on this day."""
        if day.weekday() in self.weekdays or day.day in self.month_days:
            return True
        is_last = (day + timedelta(days=1)).day == 1
        return is_last and any(wanted > day.day for wanted in self.month_days)

    def first_from(self, day: date) -> date:
        """Return the first day of them that is not before this one."""
        while not self.has(day):
            day += timedelta(days=1)
        return day


def read_calendar_days(node: Node) -> CalendarDays:
    """Read `{week: [mon]}` or `{month: [1, 15]}`; the problems are noted on the node."""
    fields = node.fields(("week", "month"))
    if len(fields) != 1:
        node.problem("missing" if not fields else "not_allowed", "needs exactly one of week, month")
    if "week" in fields:
        names = [item.choice(WEEKDAYS) for item in fields["week"].items(len(WEEKDAYS))]
        _refuse_twice(fields["week"], names)
        return CalendarDays(weekdays=frozenset(WEEKDAYS.index(name) for name in names if name))
    if "month" in fields:
        numbers = [item.integer(1, MONTH_DAYS) for item in fields["month"].items(MONTH_DAYS)]
        _refuse_twice(fields["month"], numbers)
        return CalendarDays(month_days=frozenset(numbers))
    return CalendarDays()


def _refuse_twice(node: Node, days: list[Any]) -> None:
    if len(set(days)) < len(days):
        node.problem("duplicate", "names a day twice")


SCHEMA: Mapping[str, Any] = {
    "description": "The days on which the policy is due, each from its beginning, in the merchant's zone.",
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "week": {
            "description": "Days of the week.",
            "type": "array",
            "minItems": 1,
            "maxItems": len(WEEKDAYS),
            "uniqueItems": True,
            "items": {"enum": list(WEEKDAYS)},
        },
        "month": {
            "description": "Days of the month; one that a month does not have is its last: 31 is always the last.",
            "type": "array",
            "minItems": 1,
            "maxItems": MONTH_DAYS,
            "uniqueItems": True,
            "items": {"type": "integer", "minimum": 1, "maximum": MONTH_DAYS},
        },
    },
}
