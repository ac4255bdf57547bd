"""What a campaign says: when it runs, for whom, what it multiplies, and what is to be reached.

What a campaign gives besides multiplying is said by policies that name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rewards.engine.campaigns.windows import KEYS as WINDOW_KEYS
from rewards.engine.campaigns.windows import SCHEMA as WINDOW_SCHEMA
from rewards.engine.campaigns.windows import Window, read_window
from rewards.engine.problems import DefinitionError, Problem
from rewards.engine.reading import NAME_LENGTH_MAX, Node

MULTIPLIER_MAX = 1_000
NAMES_MAX = 200
NUMBER_MAX = 10**12

AUTOMATIC = "automatic"
PARTICIPATE = "participate"

SPEND = "spend"
PURCHASES = "purchases"
REFERRALS = "referrals"
IN_A_ROW = {"days_in_a_row": "day", "weeks_in_a_row": "week", "months_in_a_row": "month"}
MEASURES = (SPEND, PURCHASES, REFERRALS, *IN_A_ROW)

_NEEDS = {
    "points_multiplier": ("multiplier",),
    "category_bonus": ("multiplier", "categories"),
    "launch_multiplier": ("multiplier", "skus"),
    "tier_challenge": ("goal",),
    "streak": ("goal",),
    "achievement": ("goal",),
    "referral_campaign": (),
    "bonus": (),
}
"""The kinds of campaign, and what each of them must say."""

TYPES = tuple(_NEEDS)
_SPECIAL = ("multiplier", "categories", "skus", "goal")
_KEYS = ("type", *WINDOW_KEYS, *_SPECIAL, "tiers", "segments", "join", "points_per_customer")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached in a round: so much of a measure; `spend` is in minor units."""

    measure: str
    target: int


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """What a campaign says.

    It multiplies the points of lines of `categories` or with one of `skus`, of all lines if it names neither. It is
    for those in one of `tiers` and in one of `segments`, each if any are named, who must have joined if `join` is
    "participate". `points_per_customer` is what one person can get by it in a round.
    """

    type: str
    window: Window
    multiplier: Fraction | None = None
    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    goal: Goal | None = None
    tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    join: str = AUTOMATIC
    points_per_customer: int | None = None

    def factor(self, category: str, sku: str) -> Fraction:
        """By how much it multiplies the points of a line."""
        is_meant = not (self.categories or self.skus) or category in self.categories or sku in self.skus
        return self.multiplier if is_meant and self.multiplier is not None else Fraction(1)

    def is_for(self, tier: str, segments: tuple[str, ...]) -> bool:
        """Whether it is for somebody in this tier and these segments."""
        return (not self.tiers or tier in self.tiers) and (not self.segments or not self.segments.isdisjoint(segments))


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign in force; `code` is its name in policies."""

    id: int
    code: str
    terms: CampaignTerms


def parse_campaign(definition: Mapping[str, Any]) -> CampaignTerms:
    """Read a campaign's definition, as YAML or JSON gave it.

    :raises DefinitionError: with all problems (at most 100) when it cannot be used.
    """
    problems: list[Problem] = []
    fields = Node(definition, "", problems).fields(_KEYS, required=("type",))
    type_ = fields["type"].choice(TYPES) if "type" in fields else ""
    _check_fit(type_, fields)
    terms = CampaignTerms(
        type=type_,
        window=read_window(fields),
        multiplier=_multiplier(fields.get("multiplier")),
        categories=_names(fields.get("categories")),
        skus=_names(fields.get("skus")),
        goal=_goal(fields["goal"], type_) if "goal" in fields else None,
        tiers=_names(fields.get("tiers")),
        segments=_names(fields.get("segments")),
        join=fields["join"].choice((AUTOMATIC, PARTICIPATE)) if "join" in fields else AUTOMATIC,
        points_per_customer=(
            fields["points_per_customer"].integer(1, NUMBER_MAX) if "points_per_customer" in fields else None
        ),
    )
    if problems:
        raise DefinitionError(problems)
    return terms


def _check_fit(type_: str, fields: Mapping[str, Node]) -> None:
    """A campaign says what its type needs, and no more."""
    if type_ not in _NEEDS:
        return
    for key in _NEEDS[type_]:
        if key not in fields:
            fields["type"].problem("missing", f"a {type_} needs {key}")
    for key in _SPECIAL:
        if key in fields and key not in _NEEDS[type_]:
            fields[key].problem("not_allowed", f"a {type_} has no {key}")


def _multiplier(node: Node | None) -> Fraction | None:
    if node is None:
        return None
    multiplier = node.fraction(MULTIPLIER_MAX)
    if multiplier < 1:
        node.problem("out_of_range", "a campaign takes no points away: must be at least 1")
    return multiplier


def _goal(node: Node, type_: str) -> Goal:
    fields = node.fields(("measure", "target"), required=("measure", "target"))
    measure = fields["measure"].choice(MEASURES) if "measure" in fields else ""
    if measure and (type_ == "streak") != (measure in IN_A_ROW):
        node.problem("not_allowed", f"a streak counts what happens in a row, and nothing else does: not {measure}")
    return Goal(measure, fields["target"].integer(1, NUMBER_MAX) if "target" in fields else 1)


def _names(node: Node | None) -> frozenset[str]:
    return frozenset(item.text() for item in node.items(NAMES_MAX)) if node else frozenset()


def _list_of_names(description: str) -> dict[str, Any]:
    item = {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH_MAX}
    return {"description": description, "type": "array", "minItems": 1, "maxItems": NAMES_MAX, "items": item}


JSON_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type"],
    "properties": {
        "type": {"description": "What kind of campaign it is.", "enum": list(TYPES)},
        **WINDOW_SCHEMA,
        "multiplier": {
            "description": "How many times the points are worth, from 1.",
            "anyOf": [
                {"type": "number", "minimum": 1, "maximum": MULTIPLIER_MAX},
                {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,12})?$"},
            ],
        },
        "categories": _list_of_names("Only lines of these categories are multiplied."),
        "skus": _list_of_names("Only lines with these skus are multiplied."),
        "goal": {
            "description": "What is to be reached in a round.",
            "type": "object",
            "additionalProperties": False,
            "required": ["measure", "target"],
            "properties": {
                "measure": {"enum": list(MEASURES)},
                "target": {
                    "description": "How much; of spend, in minor units.",
                    "type": "integer",
                    "minimum": 1,
                    "maximum": NUMBER_MAX,
                },
            },
        },
        "tiers": _list_of_names("Only for those in one of these tiers."),
        "segments": _list_of_names("Only for those in one of these segments."),
        "join": {
            "description": "Whether everybody takes part, or whoever says that they do.",
            "enum": [AUTOMATIC, PARTICIPATE],
            "default": AUTOMATIC,
        },
        "points_per_customer": {
            "description": "What one person can get by it in a round.",
            "type": "integer",
            "minimum": 1,
            "maximum": NUMBER_MAX,
        },
    },
}
