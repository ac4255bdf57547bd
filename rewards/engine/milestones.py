"""The counts at which a policy gives: the 1st, 100th and 1000th, or every 10th.

What is counted is data: purchases, or items of a category; of one friend, or of all friends of a referrer
together. The counts come with the facts, as peaks that never fall, so a milestone is passed once.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rewards.engine.facts import PurchaseFacts
from rewards.engine.reading import NAME_LENGTH_MAX, Node
from rewards.engine.triggers import Trigger

PER_FRIEND = "per_friend"
ACROSS_FRIENDS = "across_friends"
SCOPES = (PER_FRIEND, ACROSS_FRIENDS)
PURCHASES = "purchases"
UNITS_PREFIX = "units:"
LIST_MAX = 1000
NUMBER_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class Milestones:
    """The numbers at which a policy gives: those in `at` (rising), or every `every`-th if that is not 0.

    `scope` says whose count it is: the buyer's own (per_friend) or that of all friends of the buyer's
    referrer together (across_friends). `measure` is purchases, or units:<category>.
    """

    scope: str
    measure: str
    at: tuple[int, ...] = ()
    every: int = 0

    def passed(self, before: int, after: int) -> Sequence[int]:
        """Return the milestones n with before < n <= after, rising."""
        if self.every:
            return range((before // self.every + 1) * self.every, after + 1, self.every)
        return self.at[bisect_right(self.at, before) : bisect_right(self.at, after)]

    def following(self, count: int) -> int | None:
        """Return the first milestone above a count, or None if there is none left."""
        if self.every:
            return (count // self.every + 1) * self.every
        position = bisect_right(self.at, count)
        return self.at[position] if position < len(self.at) else None


def measured(purchase: PurchaseFacts, measure: str) -> int:
    """How much a purchase adds to a measure."""
    return 1 if measure == PURCHASES else purchase.units.get(measure.removeprefix(UNITS_PREFIX), 0)


def read_milestones(node: Node, trigger: Trigger) -> Milestones:
    """Read `{scope, measure, at}` or `{scope, measure, every}`; the problems are noted on the node."""
    fields = node.fields(("scope", "measure", "at", "every"), required=("scope", "measure"))
    if not trigger.has_milestones:
        node.problem("not_allowed", f"nothing is counted on {trigger.name}")
    if ("at" in fields) == ("every" in fields):
        node.problem("missing" if "at" not in fields else "not_allowed", "needs either at or every")
    return Milestones(
        scope=fields["scope"].choice(SCOPES) if "scope" in fields else "",
        measure=_measure(fields["measure"]) if "measure" in fields else "",
        at=_numbers(fields["at"]) if "at" in fields else (),
        every=fields["every"].integer(1, NUMBER_MAX) if "every" in fields else 0,
    )


def _measure(node: Node) -> str:
    measure = node.text(len(UNITS_PREFIX) + NAME_LENGTH_MAX)
    is_units = measure.startswith(UNITS_PREFIX) and measure != UNITS_PREFIX
    if measure and measure != PURCHASES and not is_units:
        node.problem("not_a_choice", "must be purchases, or units: and a category, such as units:meals")
    return measure


def _numbers(node: Node) -> tuple[int, ...]:
    numbers = [item.integer(1, NUMBER_MAX) for item in node.items(LIST_MAX)]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        node.problem("not_allowed", "the numbers must rise")
    return tuple(numbers)


SCHEMA: Mapping[str, Any] = {
    "description": "Give only when a count passes one of these numbers, and then once for each, for ever.",
    "type": "object",
    "additionalProperties": False,
    "required": ["scope", "measure"],
    "oneOf": [{"required": ["at"]}, {"required": ["every"]}],
    "properties": {
        "scope": {"enum": list(SCOPES)},
        "measure": {
            "description": "purchases, or units: and a category.",
            "type": "string",
            "pattern": f"^({PURCHASES}|{UNITS_PREFIX}.{{1,{NAME_LENGTH_MAX}}})$",
        },
        "at": {
            "description": "Rising numbers, such as [1, 100, 1000].",
            "type": "array",
            "minItems": 1,
            "maxItems": LIST_MAX,
            "items": {"type": "integer", "minimum": 1, "maximum": NUMBER_MAX},
        },
        "every": {"type": "integer", "minimum": 1, "maximum": NUMBER_MAX},
    },
}
