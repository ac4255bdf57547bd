"""The time zones of the world. They are read once: the standard library looks through its folders at each call."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all time zones, such as Europe/Berlin, in their order."""
    return tuple(sorted(available_timezones()))
