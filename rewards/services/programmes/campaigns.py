"""What can be wrong with the campaigns, segments and badges of a programme."""

from collections.abc import Iterator
from typing import Any

from rewards.engine.campaigns.definition import parse_campaign
from rewards.engine.definition import Definition
from rewards.engine.kinds.steps import BADGE
from rewards.engine.problems import DefinitionError, Problem
from rewards.services.segments import WrongCondition, check_condition


def wrong_campaigns(written: dict[str, Any]) -> Iterator[Problem]:
    """Conditions and definitions that cannot be used, and names of segments and tiers that are not there."""
    for index, segment in enumerate(written.get("segments", [])):
        try:
            check_condition(segment.get("condition") or "true")
        except WrongCondition as error:
            yield Problem(f"/segments/{index}/condition", error.errors[0]["code"], error.detail)
    tiers, segments = {item["code"] for item in written["tiers"]}, _active(written, "segments")
    for index, campaign in enumerate(written.get("campaigns", [])):
        place = f"/campaigns/{index}/definition"
        try:
            terms = parse_campaign(campaign["definition"])
        except DefinitionError as error:
            yield from (Problem(place + each.pointer, each.code, each.detail) for each in error.problems)
            continue
        for key, named, known in (("tiers", terms.tiers, tiers), ("segments", terms.segments, segments)):
            for name in sorted(named - known):
                yield Problem(f"{place}/{key}", "unknown", f"there is no {name} among the {key} of this programme")


def unknown_names(written: dict[str, Any], definition: Definition) -> Iterator[tuple[str, str]]:
    """Where a policy names a campaign or a badge that is not in the programme, and what is wrong."""
    if definition.campaign and definition.campaign not in _active(written, "campaigns"):
        yield "/campaign", f"the campaign {definition.campaign} is not in this programme"
    badge = definition.give.option if definition.give.kind == BADGE else ""
    if badge and badge not in _active(written, "badges"):
        yield "/give/badge/code", f"the badge {badge} is not in this programme"


def _active(written: dict[str, Any], section: str) -> set[str]:
    return {item["code"] for item in written.get(section, []) if item.get("is_active", True)}
