"""When a policy is in force: from a moment, to a moment, on some weekdays, within some hours.

Every bound is half-open, from the first minute up to but not including the last, in the merchant's local
time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from rewards.engine.facts import Facts
from rewards.engine.moments import moment_schema, read_moment
from rewards.engine.reading import Node

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moments at which a policy is in force.

    `starts` and `ends` are naive local datetimes, or None. `weekdays` counts from Monday, 0. `hours` is a
    pair of minutes of the day; if the second is not later than the first, the hours run past midnight, and
    belong to the weekday on which they began.
    """

    starts: datetime | None = None
    ends: datetime | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    hours: tuple[int, int] = (0, DAY_MINUTES)

    def is_open(self, facts: Facts) -> bool:
        """Tell whether the policy is in force at the local time of these facts."""
        minute = facts.local_minute
        moment = datetime.combine(facts.local_date, time(minute // 60, minute % 60))
        if self.starts is not None and moment < self.starts:
            return False
        if self.ends is not None and moment >= self.ends:
            return False
        opens, closes = self.hours
        if opens < closes:
            return opens <= minute < closes and facts.local_weekday in self.weekdays
        if minute >= opens:
            return facts.local_weekday in self.weekdays
        return minute < closes and (facts.local_weekday - 1) % 7 in self.weekdays


def read_schedule(node: Node) -> Schedule:
    """Read `{from, to, weekdays, hours}`; the problems are noted on the node."""
    fields = node.fields(("from", "to", "weekdays", "hours"))
    starts = read_moment(fields["from"]) if "from" in fields else None
    ends = read_moment(fields["to"]) if "to" in fields else None
    if starts and ends and ends <= starts:
        fields["to"].problem("out_of_range", "must be later than from")
    return Schedule(
        starts=starts,
        ends=ends,
        weekdays=_weekdays(fields["weekdays"]) if "weekdays" in fields else frozenset(range(7)),
        hours=_hours(fields["hours"]) if "hours" in fields else (0, DAY_MINUTES),
    )


def _weekdays(node: Node) -> frozenset[int]:
    names = [item.choice(WEEKDAYS) for item in node.items(len(WEEKDAYS))]
    if len(set(names)) < len(names):
        node.problem("duplicate", "names a day twice")
    return frozenset(WEEKDAYS.index(name) for name in names if name)


def _hours(node: Node) -> tuple[int, int]:
    bounds = [_minute(item) for item in node.items(2)]
    if len(bounds) != 2:
        node.problem("out_of_range", 'must be two times: ["18:00", "22:00"]')
        return 0, DAY_MINUTES
    opens, closes = bounds
    if opens == closes:
        node.problem("out_of_range", "must not begin and end at the same time")
    if opens == DAY_MINUTES:
        node.problem("out_of_range", "24:00 can only be the end")
    return opens, closes


def _minute(node: Node) -> int:
    if not isinstance(node.value, str) or not _HOUR.fullmatch(node.value):
        node.problem("wrong_type", 'must be a time in quotes, such as "18:00"')
        return 0
    hour, minute = node.value.split(":")
    return int(hour) * 60 + int(minute)


SCHEMA: Mapping[str, Any] = {
    "description": "When the policy is in force, in the merchant's local time. Every end is exclusive.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "from": moment_schema("In force from this minute on."),
        "to": moment_schema("No longer in force at this minute."),
        "weekdays": {
            "type": "array",
            "minItems": 1,
            "maxItems": len(WEEKDAYS),
            "uniqueItems": True,
            "items": {"enum": list(WEEKDAYS)},
        },
        "hours": {
            "description": 'Such as ["18:00", "22:00"], or ["22:00", "02:00"] past midnight.',
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "string", "pattern": f"^({_HOUR.pattern})$"},
        },
    },
}
