"""What an experiment says: what is compared, how it is measured, and when it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rewards.engine.problems import DefinitionError, Problem
from rewards.engine.reading import NAME_LENGTH_MAX, Node

SPEND = "spend"
PURCHASES = "purchases"
CONVERSION = "conversion"
MEASURES = (SPEND, PURCHASES, CONVERSION)

FIXED = "fixed"
THOMPSON = "thompson"

VARIANTS_MAX = 10
SHARE_MAX = 1_000
DAYS_MAX = 730
HELD_OUT_MAX = 50

_KEYS = ("method", "measure", "variants", "window_days", "days", "held_out_percent", "least_effect_percent", "expected")


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the things that are compared: a policy, or none; `share` is its weight."""

    code: str
    policy: str
    share: int


@dataclass(frozen=True, slots=True)
class Design:
    """What an experiment says.

    Customers enter during `days`, each once, and what they do in the `window_days` after that is their value: spend
    (minor units) or purchases, net of refunds, or 1 if they bought at all. By `thompson` there are rounds of
    `window_days`, in each of which all customers are assigned anew, by what was learned. `least_effect_percent` is the
    least difference that matters, of the mean that customers have now; `expected` is that mean and the deviation
    around it, where there is no history to take them from.
    """

    method: str
    measure: str
    variants: tuple[Variant, ...]
    window_days: int
    days: int
    held_out_percent: int
    least_effect_percent: int
    expected: tuple[int, int] | None

    @property
    def policies(self) -> tuple[str, ...]:
        """The codes of the policies that are compared."""
        return tuple(variant.policy for variant in self.variants if variant.policy)

    @property
    def comparisons(self) -> int:
        """With how many groups the control is compared: the other variants, and who is held out, if anybody is."""
        return len(self.variants) - 1 + (self.held_out_percent > 0)


def parse_design(definition: Mapping[str, Any]) -> Design:
    """Read an experiment's definition, as YAML or JSON gave it; the first variant is the control.

    :raises DefinitionError: with all problems (at most 100) when it cannot be used.
    """
    problems: list[Problem] = []
    fields = Node(definition, "", problems).fields(_KEYS, required=("variants", "window_days", "days"))
    method = fields["method"].choice((FIXED, THOMPSON)) if "method" in fields else FIXED
    usual = CONVERSION if method == THOMPSON else SPEND
    design = Design(
        method=method,
        measure=fields["measure"].choice(MEASURES) if "measure" in fields else usual,
        variants=_variants(fields["variants"]) if "variants" in fields else (),
        window_days=_number(fields, "window_days", 1, DAYS_MAX),
        days=_number(fields, "days", 1, DAYS_MAX),
        held_out_percent=_number(fields, "held_out_percent", 0, HELD_OUT_MAX, usual=0),
        least_effect_percent=_number(fields, "least_effect_percent", 1, 1_000, usual=10),
        expected=_expected(fields.get("expected")),
    )
    if method == THOMPSON and design.measure != CONVERSION:
        fields["measure"].problem("not_allowed", "what is learned from is whether customers buy: conversion")
    if problems:
        raise DefinitionError(problems)
    return design


def _number(fields: Mapping[str, Node], name: str, least: int, most: int, usual: int = 1) -> int:
    return fields[name].integer(least, most) if name in fields else usual


def _variants(node: Node) -> tuple[Variant, ...]:
    found: list[Variant] = []
    for item in node.items(VARIANTS_MAX):
        fields = item.fields(("code", "policy", "share"), required=("code",))
        variant = Variant(
            fields["code"].text() if "code" in fields else "",
            fields["policy"].text() if "policy" in fields else "",
            _number(fields, "share", 1, SHARE_MAX),
        )
        if variant.code in {each.code for each in found}:
            item.problem("duplicate", f"there is a variant {variant.code} already")
        if variant.policy in {each.policy for each in found}:
            item.problem("duplicate", f"another variant has {variant.policy or 'no policy'} already")
        found.append(variant)
    if len(found) < 2:
        node.problem("out_of_range", "there is nothing to compare: name at least two variants, the control first")
    return tuple(found)


def _expected(node: Node | None) -> tuple[int, int] | None:
    if node is None:
        return None
    fields = node.fields(("mean", "deviation"), required=("mean", "deviation"))
    return _number(fields, "mean", 1, 10**12), _number(fields, "deviation", 1, 10**12)


_TEXT = {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH_MAX}


def _whole(low: int, high: int, description: str) -> dict[str, Any]:
    return {"description": description, "type": "integer", "minimum": low, "maximum": high}


JSON_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["variants", "window_days", "days"],
    "properties": {
        "method": {"description": "Fixed shares, or shares that follow what is learned.", "enum": [FIXED, THOMPSON]},
        "measure": {"description": "What of a customer is compared.", "enum": list(MEASURES)},
        "variants": {
            "description": "What is compared; the first is the control.",
            "type": "array",
            "minItems": 2,
            "maxItems": VARIANTS_MAX,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code"],
                "properties": {
                    "code": _TEXT,
                    "policy": {**_TEXT, "description": "The code of a policy; left out: none."},
                    "share": _whole(1, SHARE_MAX, "Its weight."),
                },
            },
        },
        "window_days": _whole(1, DAYS_MAX, "For how long a customer is measured."),
        "days": _whole(1, DAYS_MAX, "For how long customers enter."),
        "held_out_percent": _whole(0, HELD_OUT_MAX, "Of the customers who get none of the policies."),
        "least_effect_percent": _whole(1, 1_000, "The least difference that matters."),
        "expected": {
            "description": "What customers do now, where there is no history to take it from.",
            "type": "object",
            "additionalProperties": False,
            "required": ["mean", "deviation"],
            "properties": {"mean": _whole(1, 10**12, "Of one window."), "deviation": _whole(1, 10**12, "Around it.")},
        },
    },
}
