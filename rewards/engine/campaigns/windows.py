"""When a campaign runs: once, for ever, or again and again.

Every bound is half-open and in the merchant's local time. Each run of a campaign is a round of its own: who joined,
what they reached and what they were given is counted for each round anew.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from rewards.engine.moments import moment_schema, read_moment
from rewards.engine.reading import Node

REPEATS = ("daily", "weekly", "monthly", "yearly")
KEYS = ("from", "to", "repeat", "until")
_MONTHS = {"monthly": 1, "yearly": 12}
_DAYS = {"daily": 1, "weekly": 7}
DAYS_OF_EACH_MONTH = 28


class Round(NamedTuple):
    """One run of a campaign: naive local moments, None where there is no bound."""

    starts: datetime | None
    ends: datetime | None

    @property
    def key(self) -> str:
        """Its name, such as 2026-12-05T00:00; empty if it has no beginning."""
        return self.starts.isoformat(timespec="minutes") if self.starts else ""


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts` to `ends`, and with `repeat` again at the same time of each following day, week, month or year.

    A round ends at the latest where the next one begins. What begins on a day that a month does not have begins on its
    last. No round begins at `until` or later.
    """

    starts: datetime | None = None
    ends: datetime | None = None
    repeat: str = ""
    until: datetime | None = None

    def round_at(self, moment: datetime) -> Round | None:
        """The round that a naive local moment lies in, or None between rounds."""
        if not self.repeat or self.starts is None or self.ends is None:
            is_open = (self.starts is None or self.starts <= moment) and (self.ends is None or moment < self.ends)
            return Round(self.starts, self.ends) if is_open else None
        number, begins = self._last_begun(self.starts, moment)
        ends = begins + (self.ends - self.starts)
        if number < 0 or moment >= ends or (self.until is not None and begins >= self.until):
            return None
        return Round(begins, min(ends, self._begin(self.starts, number + 1)))

    def upcoming(self, moment: datetime, count: int) -> list[Round]:
        """The round that runs at a naive local moment, if one does, and those that follow it: so many at most."""
        if not self.repeat or self.starts is None or self.ends is None:
            is_over = self.ends is not None and self.ends <= moment
            return [] if is_over else [Round(self.starts, self.ends)]
        first = max(0, self._last_begun(self.starts, moment)[0])
        begins = (self._begin(self.starts, number) for number in range(first, first + count + 1))
        rounds = (self.round_at(start) for start in begins)
        return [each for each in rounds if each is not None and each.ends is not None and each.ends > moment][:count]

    def _last_begun(self, first: datetime, moment: datetime) -> tuple[int, datetime]:
        """The number, from 0, of the last round that had begun, and when it began; negative before the first."""
        if self.repeat in _DAYS:
            number = (moment - first) // timedelta(days=_DAYS[self.repeat])
            return number, self._begin(first, number)
        months = (moment.year - first.year) * 12 + moment.month - first.month
        number = months // _MONTHS[self.repeat]
        begins = self._begin(first, number)
        return (number, begins) if begins <= moment else (number - 1, self._begin(first, number - 1))

    def _begin(self, first: datetime, number: int) -> datetime:
        if self.repeat in _DAYS:
            return first + timedelta(days=_DAYS[self.repeat] * number)
        year, month = divmod(first.year * 12 + first.month - 1 + number * _MONTHS[self.repeat], 12)
        day = first.day if first.day <= DAYS_OF_EACH_MONTH else min(first.day, monthrange(year, month + 1)[1])
        return first.replace(year=year, month=month + 1, day=day)


def read_window(fields: Mapping[str, Node]) -> Window:
    """Read the window among the fields of a campaign; the problems are noted on their nodes."""
    starts, ends, until = (read_moment(fields[key]) if key in fields else None for key in ("from", "to", "until"))
    if starts and ends and ends <= starts:
        fields["to"].problem("out_of_range", "must be later than from")
    if "repeat" in fields and not {"from", "to"} <= fields.keys():
        fields["repeat"].problem("missing", "what repeats needs from and to")
    if "until" in fields and "repeat" not in fields:
        fields["until"].problem("not_allowed", "until goes with repeat")
    return Window(starts, ends, fields["repeat"].choice(REPEATS) if "repeat" in fields else "", until)


SCHEMA: Mapping[str, Any] = {
    "from": moment_schema("It runs from this minute on."),
    "to": moment_schema("It no longer runs at this minute."),
    "repeat": {
        "description": "It runs again at the same time of each day, week, month or year.",
        "enum": list(REPEATS),
    },
    "until": moment_schema("It does not begin again at this minute or later."),
}
