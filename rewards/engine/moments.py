"""Local moments in definitions: whole minutes, without an offset, in the merchant's time zone."""

import re
from datetime import date, datetime, time
from typing import Any

from rewards.engine.reading import Node

YEARS = range(1990, 2101)

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:00)?)?", re.ASCII)


def read_moment(node: Node) -> datetime | None:
    """Read a local datetime; None if there is a problem.

    YAML makes dates and datetimes of some texts, JSON has only the texts.
    """
    value = node.value
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            node.problem("out_of_range", "there is no such date or time")
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if not isinstance(value, datetime) or value.tzinfo or value.second or value.microsecond:
        node.problem("wrong_type", "must be a local time in whole minutes without an offset: 2026-11-01T18:00")
    elif value.year not in YEARS:
        node.problem("out_of_range", f"must be in the years {YEARS[0]} to {YEARS[-1]}")
    else:
        return value
    return None


def moment_schema(description: str) -> dict[str, Any]:
    """The JSON Schema of a local moment."""
    return {"description": description, "type": "string", "pattern": f"^{_MOMENT.pattern}$"}
