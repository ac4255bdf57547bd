"""The effect that gives points: a fixed number, so many per item, or so many per currency unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from rewards.engine.kinds.base import EffectKind, Valuation
from rewards.engine.kinds.valuation import per_currency_unit, per_item, the_same_for_all
from rewards.engine.reading import NAME_LENGTH_MAX, Node
from rewards.engine.terms import AS_THE_WALLET_SAYS, Terms, read_terms
from rewards.engine.terms import KEYS as TERMS_KEYS
from rewards.engine.terms import SCHEMA as TERMS_SCHEMA
from rewards.engine.triggers import Trigger

POINTS_MAX = 10_000_000
RATE_MAX = 1_000_000
MULTIPLIER_MAX = 1_000
# Multipliers of tier, category and campaigns are multiplied with each other; without a cap that gets out of hand.
MULTIPLIER_CAP = Fraction(10)
CATEGORIES_MAX = 200

WAYS = ("fixed", "per_unit", "per_currency_unit")


@dataclass(frozen=True, slots=True)
class PointsEffect:
    """Gives `rate` points: in all (fixed), per item (per_unit) or per currency unit, as `way` says.

    `category` limits per_unit to the items of one category (empty: all). The categories belong to
    per_currency_unit: the multiplier of each, those that earn nothing, and whether only the listed ones earn.
    """

    way: str
    rate: Fraction
    category: str = ""
    categories: Mapping[str, Fraction] = field(default_factory=dict)
    excluded_categories: tuple[str, ...] = ()
    only_categories: bool = False
    tier_multiplier: bool = False
    campaign_multiplier: bool = False
    max_multiplier: Fraction = MULTIPLIER_CAP
    counts_for_tier: bool = True
    terms: Terms = AS_THE_WALLET_SAYS

    kind: ClassVar[str] = "points"
    option: ClassVar[str] = ""
    quantity: ClassVar[int] = 0

    @property
    def is_the_same_for_all(self) -> bool:
        """Whether every award is `rate` points, whoever gets it for whatever."""
        return self.way == "fixed" and not self.tier_multiplier

    def valuation(self) -> Valuation:
        """Return the function that computes the points of one award, before limits."""
        cap = self.max_multiplier if self.tier_multiplier else None
        if self.way == "fixed":
            return the_same_for_all(int(self.rate), cap)
        if self.way == "per_unit":
            return per_item(int(self.rate), self.category, cap)
        multipliers = {**self.categories, **dict.fromkeys(self.excluded_categories, Fraction(0))}
        return per_currency_unit(
            rate=self.rate,
            multipliers=multipliers,
            otherwise=Fraction(0 if self.only_categories else 1),
            cap=self.max_multiplier,
            use_tier=self.tier_multiplier,
        )


# Which way of counting each key belongs to; the keys that are not here belong to all of them.
_BELONGS_TO = {
    "category": "per_unit",
    "categories": "per_currency_unit",
    "excluded_categories": "per_currency_unit",
    "only_categories": "per_currency_unit",
    "campaign_multiplier": "per_currency_unit",
}
_KEYS = (*WAYS, *_BELONGS_TO, "tier_multiplier", "max_multiplier", "counts_for_tier", *TERMS_KEYS)


def read_points(node: Node, trigger: Trigger) -> PointsEffect:
    """Read the parameters of a points effect; the problems are noted on the node."""
    fields = node.fields(_KEYS)
    ways = [way for way in WAYS if way in fields]
    if len(ways) != 1:
        node.problem("missing" if not ways else "not_allowed", f"needs exactly one of {', '.join(WAYS)}")
    way = ways[0] if ways else "fixed"
    if way != "fixed" and not trigger.has_purchase:
        fields[way].problem("not_allowed", f"{trigger.name} has no purchase to count")
    for key, owner in _BELONGS_TO.items():
        if key in fields and owner != way:
            fields[key].problem("not_allowed", f"{key} goes with {owner}")
    if "only_categories" in fields and "categories" not in fields:
        fields["only_categories"].problem("not_allowed", "only_categories needs categories")
    return PointsEffect(
        way=way,
        rate=_rate(fields[way], way) if ways else Fraction(1),
        category=fields["category"].text() if "category" in fields else "",
        categories=_multipliers(fields.get("categories")),
        excluded_categories=_names(fields.get("excluded_categories")),
        only_categories=_is_set(fields, "only_categories", otherwise=False),
        tier_multiplier=_is_set(fields, "tier_multiplier", otherwise=False),
        campaign_multiplier=_is_set(fields, "campaign_multiplier", otherwise=False),
        max_multiplier=_cap(fields.get("max_multiplier")),
        counts_for_tier=_is_set(fields, "counts_for_tier", otherwise=True),
        terms=read_terms(fields),
    )


def _rate(node: Node, way: str) -> Fraction:
    if way == "per_currency_unit":
        return node.fraction(RATE_MAX)
    return Fraction(node.integer(1, POINTS_MAX))


def _cap(node: Node | None) -> Fraction:
    return node.fraction(MULTIPLIER_MAX) if node else MULTIPLIER_CAP


def _is_set(fields: Mapping[str, Node], key: str, *, otherwise: bool) -> bool:
    return fields[key].flag() if key in fields else otherwise


def _multipliers(node: Node | None) -> dict[str, Fraction]:
    if node is None:
        return {}
    entries = node.entries(CATEGORIES_MAX)
    for category, entry in entries.items():
        if not 1 <= len(category) <= NAME_LENGTH_MAX:
            entry.problem("out_of_range", f"a category has 1 to {NAME_LENGTH_MAX} characters")
    return {category: entry.fraction(MULTIPLIER_MAX) for category, entry in entries.items()}


def _names(node: Node | None) -> tuple[str, ...]:
    return tuple(item.text() for item in node.items(CATEGORIES_MAX)) if node else ()


def _decimal(high: int, description: str) -> dict[str, Any]:
    return {
        "description": description,
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0, "maximum": high},
            {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,12})?$"},
        ],
    }


_CATEGORY: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH_MAX}

POINTS = EffectKind(
    label="Give points",
    schema={
        "type": "object",
        "additionalProperties": False,
        "oneOf": [{"required": [way]} for way in WAYS],
        "not": {"required": ["expiry_months", "expires"]},
        "dependentRequired": {
            **{key: [owner] for key, owner in _BELONGS_TO.items()},
            "only_categories": ["per_currency_unit", "categories"],
        },
        "properties": {
            "fixed": {
                "description": "So many points, whatever was bought.",
                "type": "integer",
                "minimum": 1,
                "maximum": POINTS_MAX,
            },
            "per_unit": {
                "description": "So many points per item, or per item of `category`.",
                "type": "integer",
                "minimum": 1,
                "maximum": POINTS_MAX,
            },
            "per_currency_unit": _decimal(RATE_MAX, "So many points per currency unit that was paid."),
            "category": _CATEGORY,
            "categories": {
                "description": "A multiplier per category; other categories have 1.",
                "type": "object",
                "maxProperties": CATEGORIES_MAX,
                "propertyNames": _CATEGORY,
                "additionalProperties": _decimal(MULTIPLIER_MAX, "The multiplier of this category."),
            },
            "excluded_categories": {
                "description": "Categories that earn nothing.",
                "type": "array",
                "minItems": 1,
                "maxItems": CATEGORIES_MAX,
                "items": _CATEGORY,
            },
            "only_categories": {
                "description": "Whether the categories that are not listed earn nothing.",
                "type": "boolean",
                "default": False,
            },
            "tier_multiplier": {
                "description": "Whether the points multiplier of the beneficiary's tier applies.",
                "type": "boolean",
                "default": False,
            },
            "campaign_multiplier": {
                "description": "Whether the multipliers of campaigns that run apply.",
                "type": "boolean",
                "default": False,
            },
            "max_multiplier": _decimal(
                MULTIPLIER_MAX, "The cap on category times tier times campaign multipliers; 10 if not given."
            ),
            "counts_for_tier": {
                "description": "Whether the points count towards the tier.",
                "type": "boolean",
                "default": True,
            },
            **TERMS_SCHEMA,
        },
    },
    read=read_points,
)
