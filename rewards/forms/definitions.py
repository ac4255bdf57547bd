"""Between a definition and the fields of its form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rewards.engine.definition import REVOKE
from rewards.engine.kinds.points import WAYS
from rewards.engine.kinds.steps import BADGE, EVENT, TIER_STEP
from rewards.engine.limits import EVER
from rewards.engine.terms import KEYS as TERMS

GRANT = "grant"
NAMED = {BADGE: "code", EVENT: "type"}
"""Effects that are what they name, and under which key; the form names it as it names a reward option."""

_PLAIN = ("trigger", "beneficiary", "activity", "when", "on_refund", "priority", "exclusive_group", "campaign")
_POINTS = (
    "category",
    "categories",
    "excluded_categories",
    "only_categories",
    "tier_multiplier",
    "campaign_multiplier",
    "max_multiplier",
)
_USUAL: Mapping[str, Any] = {"on_refund": REVOKE, "priority": 0, "counts_for_tier": True, "limit_per": EVER}

FIELD_OF = {
    "/give/grant/option": "option",
    "/give/grant/quantity": "quantity",
    **{f"/give/{effect}/{key}": "option" for effect, key in NAMED.items()},
    **{f"/give/points/{way}": "amount" for way in WAYS},
    **{f"/give/points/{name}": name for name in (*_POINTS, "counts_for_tier", *TERMS)},
    "/give": "effect",
    "/milestones/scope": "milestone_scope",
    "/milestones/measure": "milestone_measure",
    "/milestones/every": "milestone_every",
    "/milestones": "milestone_at",
    "/limits/per_purchase": "limit_purchase_points",
    "/limits/per_customer/points": "limit_points",
    "/limits/per_customer/per": "limit_per",
    "/limits/per_customer": "limit_times",
    "/every/week": "every_weekdays",
    "/every": "every_month_days",
    "/schedule/from": "schedule_from",
    "/schedule/to": "schedule_to",
    "/schedule/weekdays": "schedule_weekdays",
    "/schedule/hours": "schedule_opens",
    "/examples": "examples",
    **{f"/{name}": name for name in _PLAIN},
}
"""Where a problem is marked, by the pointer to it or to what it is part of."""


def field_of(pointer: str) -> str | None:
    """The field in which something is wrong, by the pointer to it; None: in the form as a whole."""
    place = pointer.removeprefix("/definition")
    while place:
        if place in FIELD_OF:
            return FIELD_OF[place]
        place = place.rpartition("/")[0]
    return None


def definition_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """The definition that a form says; what is as usual is not said."""
    definition: dict[str, Any] = {
        name: told[name] for name in _PLAIN if told.get(name) not in {None, ""} and told[name] != _USUAL.get(name)
    }
    definition["give"] = _give(told)
    parts = {
        "every": _said(told, {"week": "every_weekdays", "month": "every_month_days"}),
        "milestones": _milestones(told),
        "limits": _limits(told),
        "schedule": _schedule(told),
    }
    return definition | {name: part for name, part in parts.items() if part}


def initial_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of a form show of a definition."""
    give = definition.get("give", {})
    points, grant = give.get("points", {}), give.get(GRANT, {})
    way = next((way for way in WAYS if way in points), next(iter(give), GRANT))
    milestones, schedule = definition.get("milestones", {}), definition.get("schedule", {})
    limits, every = definition.get("limits", {}), definition.get("every", {})
    customer = limits.get("per_customer", {})
    opens, closes = schedule.get("hours", ("", ""))
    return {
        **_USUAL,
        **{name: definition[name] for name in _PLAIN if name in definition},
        "effect": way,
        "amount": points.get(way),
        **{name: points[name] for name in (*_POINTS, "counts_for_tier", *TERMS) if name in points},
        "expires": bool(points.get("expires")),
        "option": give[way].get(NAMED[way]) if way in NAMED else grant.get("option"),
        "quantity": grant.get("quantity"),
        **{f"milestone_{name}": milestones[name] for name in ("scope", "measure", "at", "every") if name in milestones},
        "limit_purchase_points": limits.get("per_purchase", {}).get("points"),
        "limit_times": customer.get("times"),
        "limit_points": customer.get("points"),
        "limit_per": customer.get("per", EVER),
        "every_weekdays": every.get("week"),
        "every_month_days": every.get("month"),
        "schedule_from": schedule.get("from"),
        "schedule_to": schedule.get("to"),
        "schedule_weekdays": schedule.get("weekdays"),
        "schedule_opens": opens,
        "schedule_closes": closes,
    }


def _said(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What was filled in, under the keys of a definition."""
    return {key: told[name] for key, name in names.items() if told.get(name) not in (None, "", [], {}, False)}


def _give(told: Mapping[str, Any]) -> dict[str, Any]:
    if told.get("effect") == GRANT:
        return {GRANT: _said(told, {"option": "option", "quantity": "quantity"})}
    if told.get("effect") == TIER_STEP:
        return {TIER_STEP: {}}
    if told.get("effect") in NAMED:
        return {told["effect"]: _said(told, {NAMED[told["effect"]]: "option"})}
    points = {told["effect"]: told["amount"], **_said(told, {name: name for name in (*_POINTS, *TERMS)})}
    if told.get("pending_days") == 0:
        points["pending_days"] = 0
    if told.get("expires"):
        points["expires"] = "never"
    if not told.get("counts_for_tier", True):
        points["counts_for_tier"] = False
    return {"points": points}


def _milestones(told: Mapping[str, Any]) -> dict[str, Any]:
    return _said(told, {name: f"milestone_{name}" for name in ("scope", "measure", "at", "every")})


def _limits(told: Mapping[str, Any]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if told.get("limit_purchase_points"):
        limits["per_purchase"] = {"points": told["limit_purchase_points"]}
    if customer := _said(told, {"times": "limit_times", "points": "limit_points"}):
        per = told.get("limit_per")
        limits["per_customer"] = customer if per in {None, "", EVER} else {**customer, "per": per}
    return limits


def _schedule(told: Mapping[str, Any]) -> dict[str, Any]:
    names = {"from": "schedule_from", "to": "schedule_to", "weekdays": "schedule_weekdays"}
    schedule = {key: _minute(value) for key, value in _said(told, names).items()}
    if told.get("schedule_opens") or told.get("schedule_closes"):
        schedule["hours"] = [told.get("schedule_opens") or "00:00", told.get("schedule_closes") or "24:00"]
    return schedule


def _minute(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value
