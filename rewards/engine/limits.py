"""How much a policy gives at most: per purchase, and per customer in a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from rewards.engine.kinds.points import POINTS_MAX
from rewards.engine.reading import Node
from rewards.engine.triggers import Trigger

TIMES_MAX = 1_000_000
EVER = "ever"
PERIODS = ("day", "week", "month", "year", EVER)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a policy, None where there is none.

    `points_per_purchase` bounds all awards of one evaluation together. `times` (awards) and `points` bound
    what one beneficiary gets in each period `per`.
    """

    points_per_purchase: int | None = None
    times: int | None = None
    points: int | None = None
    per: str = EVER

    @property
    def are_per_customer(self) -> bool:
        """Whether earlier awards matter, so that the usage must be known."""
        return self.times is not None or self.points is not None


@lru_cache(maxsize=1024)
def period_key(per: str, local_date: date) -> str:
    """Return the key of the period that contains a local date of the merchant.

    One of "day:2026-11-20", "week:2026-W47" (ISO 8601), "month:2026-11", "year:2026", "ever". Raises
    ValueError for any other word in `per`.
    """
    if per == "day":
        return f"day:{local_date.isoformat()}"
    if per == "week":
        year, week, _ = local_date.isocalendar()
        return f"week:{year:04}-W{week:02}"
    if per == "month":
        return f"month:{local_date.year:04}-{local_date.month:02}"
    if per == "year":
        return f"year:{local_date.year:04}"
    if per == EVER:
        return EVER
    raise ValueError(f"there is no period {per}")


def read_limits(node: Node, trigger: Trigger, *, gives_points: bool) -> Limits:
    """Read `{per_purchase, per_customer}`; the problems are noted on the node."""
    fields = node.fields(("per_purchase", "per_customer"))
    purchase = fields["per_purchase"].fields(("points",), required=("points",)) if "per_purchase" in fields else {}
    customer = fields["per_customer"].fields(("times", "points", "per")) if "per_customer" in fields else {}
    if "per_purchase" in fields and not trigger.has_purchase:
        fields["per_purchase"].problem("not_allowed", f"{trigger.name} has no purchase")
    if "per_customer" in fields and not {"times", "points"} & customer.keys():
        fields["per_customer"].problem("missing", "needs times, points or both")
    if not gives_points:
        for bound in (purchase, customer):
            if "points" in bound:
                bound["points"].problem("not_allowed", "this policy gives no points")
    return Limits(
        points_per_purchase=_bound(purchase, "points", POINTS_MAX),
        times=_bound(customer, "times", TIMES_MAX),
        points=_bound(customer, "points", POINTS_MAX),
        per=customer["per"].choice(PERIODS) if "per" in customer else EVER,
    )


def _bound(fields: Mapping[str, Node], key: str, high: int) -> int | None:
    return fields[key].integer(1, high) if key in fields else None


_POINTS: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": POINTS_MAX}

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "per_purchase": {
            "description": "What the policy gives for one purchase at most, all its awards together.",
            "type": "object",
            "additionalProperties": False,
            "required": ["points"],
            "properties": {"points": _POINTS},
        },
        "per_customer": {
            "description": "What one beneficiary gets in a period at most.",
            "type": "object",
            "additionalProperties": False,
            "anyOf": [{"required": ["times"]}, {"required": ["points"]}],
            "properties": {
                "times": {"type": "integer", "minimum": 1, "maximum": TIMES_MAX},
                "points": _POINTS,
                "per": {"enum": list(PERIODS), "default": EVER},
            },
        },
    },
}
