"""What a policy says: read from YAML or JSON, checked whole, and kept as plain data.

A definition is refused here, with every problem and its place, or it works: nothing about it can go wrong
later except the arithmetic of its condition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rewards.engine.calendar_days import SCHEMA as DAYS_SCHEMA
from rewards.engine.calendar_days import CalendarDays, read_calendar_days
from rewards.engine.effects import EFFECTS
from rewards.engine.expressions.checker import compile_condition
from rewards.engine.expressions.errors import ExpressionError
from rewards.engine.expressions.lexer import LENGTH_MAX
from rewards.engine.kinds.base import Effect
from rewards.engine.limits import SCHEMA as LIMITS_SCHEMA
from rewards.engine.limits import Limits, read_limits
from rewards.engine.milestones import SCHEMA as MILESTONES_SCHEMA
from rewards.engine.milestones import Milestones, read_milestones
from rewards.engine.problems import DefinitionError, Problem
from rewards.engine.reading import NAME_LENGTH_MAX, Node
from rewards.engine.schedules import DAY_MINUTES, Schedule, read_schedule
from rewards.engine.schedules import SCHEMA as SCHEDULE_SCHEMA
from rewards.engine.triggers import KIND_LENGTH_MAX, KIND_PATTERN, REFEREE, TRIGGERS, Trigger

REVOKE = "revoke"
KEEP = "keep"
PRIORITY_MAX = 1_000_000

_REQUIRED = ("trigger", "beneficiary", "give")
_KEYS = (
    *_REQUIRED,
    "activity",
    "every",
    "when",
    "milestones",
    "limits",
    "on_refund",
    "priority",
    "exclusive_group",
    "schedule",
    "campaign",
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A policy as its author wrote it.

    It says when (`trigger`, `schedule`), if (`when`), what (`give`, `milestones`) and how much at most (`limits`).
    `activity` is the kind of activity that sets it off, empty for any, and `every` the days of the calendar that do.
    `when` is the text of the condition, empty if there is none. Of the policies with the same `exclusive_group` only
    the first that gives does so; `priority` puts them in order, higher first. With a `campaign` it gives only where
    that runs, to those whom it is for, and out of its budget.
    """

    trigger: str
    beneficiary: str
    give: Effect
    activity: str = ""
    every: CalendarDays | None = None
    when: str = ""
    milestones: Milestones | None = None
    limits: Limits = field(default_factory=Limits)
    on_refund: str = REVOKE
    priority: int = 0
    exclusive_group: str = ""
    schedule: Schedule | None = None
    campaign: str = ""


def parse(definition: Mapping[str, Any]) -> Definition:
    """Read a definition, as YAML or JSON gave it.

    Raises DefinitionError with all problems (at most 100) when it cannot be used. Hostile definitions of any
    size or depth are refused in milliseconds.
    """
    problems: list[Problem] = []
    root = Node(definition, "", problems)
    fields = root.fields(_KEYS, required=_REQUIRED)
    trigger = _trigger(fields.get("trigger"))
    beneficiary = fields["beneficiary"].choice(trigger.beneficiaries) if "beneficiary" in fields else ""
    activity = _activity(fields["activity"], trigger) if "activity" in fields else ""
    every = _every(root, fields.get("every"), trigger)
    effect = _effect(fields.get("give"), trigger)
    gives_points = effect is None or effect.kind == "points"
    when = _condition(fields["when"], trigger, beneficiary) if "when" in fields else ""
    counted = read_milestones(fields["milestones"], trigger) if "milestones" in fields else None
    bounds = read_limits(fields["limits"], trigger, gives_points=gives_points) if "limits" in fields else Limits()
    on_refund = fields["on_refund"].choice((REVOKE, KEEP)) if "on_refund" in fields else REVOKE
    priority = fields["priority"].integer(-PRIORITY_MAX, PRIORITY_MAX) if "priority" in fields else 0
    group = fields["exclusive_group"].text() if "exclusive_group" in fields else ""
    schedule = _schedule(fields["schedule"], trigger) if "schedule" in fields else None
    campaign = _campaign(fields["campaign"], effect) if "campaign" in fields else ""
    if problems or effect is None:
        raise DefinitionError(problems)
    return Definition(
        trigger=trigger.name,
        beneficiary=beneficiary,
        give=effect,
        activity=activity,
        every=every,
        when=when,
        milestones=counted,
        limits=bounds,
        on_refund=on_refund,
        priority=priority,
        exclusive_group=group,
        schedule=schedule,
        campaign=campaign,
    )


# Knows every name and allows everything, so that a wrong trigger is one problem and not the cause of ten more.
_UNKNOWN_TRIGGER = Trigger(
    name="",
    label="",
    beneficiaries=tuple(dict.fromkeys(word for row in TRIGGERS.values() for word in row.beneficiaries)),
    has_purchase=True,
    has_milestones=True,
    has_activity=True,
    has_days=True,
)


def _trigger(node: Node | None) -> Trigger:
    name = node.choice(TRIGGERS) if node else ""
    return TRIGGERS.get(name, _UNKNOWN_TRIGGER)


def _activity(node: Node, trigger: Trigger) -> str:
    if not trigger.has_activity:
        node.problem("not_allowed", f"{trigger.name} is about no activity")
    return node.word(KIND_PATTERN, KIND_LENGTH_MAX)


def _every(root: Node, node: Node | None, trigger: Trigger) -> CalendarDays | None:
    if node is None:
        if trigger.name and trigger.has_days:
            root.problem("missing", "every is missing")
        return None
    if not trigger.has_days:
        node.problem("not_allowed", f"{trigger.name} is about no day of the calendar")
    return read_calendar_days(node)


def _schedule(node: Node, trigger: Trigger) -> Schedule:
    schedule = read_schedule(node)
    if trigger.name and trigger.has_days and schedule.hours != (0, DAY_MINUTES):
        node.problem("not_allowed", f"{trigger.name} is about the beginning of a day, whatever the hour")
    return schedule


def _effect(node: Node | None, trigger: Trigger) -> Effect | None:
    if node is None:
        return None
    fields = node.fields(EFFECTS)
    if len(fields) != 1:
        node.problem("missing" if not fields else "not_allowed", f"needs exactly one of {', '.join(EFFECTS)}")
    effects = [EFFECTS[kind].read(field, trigger) for kind, field in fields.items()]
    return effects[0] if effects else None


def _campaign(node: Node, effect: Effect | None) -> str:
    if effect is not None and effect.campaign_multiplier:
        node.problem("not_allowed", "points that campaigns multiply belong to no one of them")
    return node.text()


def _condition(node: Node, trigger: Trigger, beneficiary: str) -> str:
    if not isinstance(node.value, str):
        node.problem("wrong_type", "must be an expression, as text")
        return ""
    try:
        compile_condition(node.value, trigger.vocabulary(beneficiary or REFEREE))
    except ExpressionError as error:
        node.problem(error.code, f"{error.detail} (at offset {error.offset})", error.offset)
    return node.value


JSON_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Policy",
    "type": "object",
    "additionalProperties": False,
    "required": list(_REQUIRED),
    "properties": {
        "trigger": {"description": "What sets the policy off.", "enum": list(TRIGGERS)},
        "beneficiary": {
            "description": "Who gets what it gives.",
            "enum": list(_UNKNOWN_TRIGGER.beneficiaries),
        },
        "activity": {
            "description": "The kind of activity that sets the policy off, such as social_share; if not given, any.",
            "type": "string",
            "maxLength": KIND_LENGTH_MAX,
            "pattern": f"^{KIND_PATTERN}$",
        },
        "every": dict(DAYS_SCHEMA),
        "when": {
            "description": "A condition in a subset of CEL.",
            "type": "string",
            "minLength": 1,
            "maxLength": LENGTH_MAX,
        },
        "give": {
            "description": "Exactly one effect.",
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {kind: dict(row.schema) for kind, row in EFFECTS.items()},
        },
        "milestones": dict(MILESTONES_SCHEMA),
        "limits": dict(LIMITS_SCHEMA),
        "on_refund": {
            "description": "Whether a refund takes the award back.",
            "enum": [REVOKE, KEEP],
            "default": REVOKE,
        },
        "priority": {
            "description": "Higher goes first.",
            "type": "integer",
            "minimum": -PRIORITY_MAX,
            "maximum": PRIORITY_MAX,
            "default": 0,
        },
        "exclusive_group": {
            "description": "Of one group, only the first policy that gives does so.",
            "type": "string",
            "minLength": 1,
            "maxLength": NAME_LENGTH_MAX,
        },
        "schedule": dict(SCHEDULE_SCHEMA),
        "campaign": {
            "description": "The code of the campaign that it belongs to: it gives where that runs, to whom it is for.",
            "type": "string",
            "minLength": 1,
            "maxLength": NAME_LENGTH_MAX,
        },
    },
    "allOf": [
        {
            "if": {"properties": {"trigger": {"const": row.name}}},
            "then": {
                "properties": {
                    "beneficiary": {"enum": list(row.beneficiaries)},
                    **({} if row.has_activity else {"activity": False}),
                    **({"schedule": {"properties": {"hours": False}}} if row.has_days else {"every": False}),
                },
                **({"required": ["every"]} if row.has_days else {}),
            },
        }
        for row in TRIGGERS.values()
    ],
}
