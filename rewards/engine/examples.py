"""Examples of what a policy gives: "this cart gives 120 points". A policy with one that fails is not published.

An example says what is known (who buys what, and when) and what comes of it, for its own policy alone. It is run by
the same evaluation as a purchase.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from rewards.engine.campaigns.definition import Campaign, parse_campaign
from rewards.engine.decision import SENTENCES, Decision
from rewards.engine.definition import Definition
from rewards.engine.evaluate import evaluate
from rewards.engine.facts import CustomerFacts, Facts, Line, PurchaseFacts
from rewards.engine.limits import period_key
from rewards.engine.milestones import NUMBER_MAX, measured
from rewards.engine.moments import read_moment
from rewards.engine.policy import PolicySet, compile_policy
from rewards.engine.problems import Problem
from rewards.engine.reading import NAME_LENGTH_MAX, Node
from rewards.engine.triggers import TRIGGERS

EXAMPLES_MAX = 50
LINES_MAX = 100
MONEY_MAX = 10**12
COUNT_MAX = 10**9
FAILS = "example_fails"
_NOON = datetime(2026, 1, 5, 12)  # noqa: DTZ001 (a local time, of any merchant)
_BUYER, _REFERRER = 1, 2
_ANY_CAMPAIGN = parse_campaign({"type": "bonus"})  # In an example of a campaign's policy one always takes part.
_KEYS = ("name", "customer", "referrer", "purchase", "activity", "at", "counted", "used", "gives")
_GIVES = ("points", "option", "quantity", "nothing")


@dataclass(frozen=True, slots=True)
class Setting:
    """What examples presume of the merchant: the currency, and how the tiers multiply, from the lowest on."""

    currency: str
    minor_digits: int
    multipliers: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Given:
    """What comes of an example: points in all, or the reason for nothing, or what else and how many.

    `option` names a reward option, a badge, an event, or the tier to which a step leads.
    """

    points: int = 0
    option: str = ""
    quantity: int = 0
    nothing: str = ""

    def __str__(self) -> str:
        if self.option:
            return f"{self.quantity} × {self.option}"
        return f"nothing ({self.nothing})" if self.nothing else f"{self.points} points"


def check_examples(definition: Definition, examples: Any, setting: Setting) -> list[Problem]:
    """Run the examples of a definition, as YAML or JSON gave them; the problems point into them.

    An example that can be run and gives something else has the code `example_fails`.
    """
    problems: list[Problem] = []
    if not examples and isinstance(examples, list):
        return problems
    policies = PolicySet([compile_policy(policy_id=1, version_id=1, code="example", definition=definition)])
    for node in Node(examples, "/examples", problems).items(EXAMPLES_MAX):
        before = len(problems)
        facts, wanted = _read(node, definition, setting)
        if len(problems) == before:
            given = _given(evaluate(facts, policies))
            if given != wanted:
                node.problem(FAILS, f"gives {given}, not {wanted}")
    return problems


def _read(node: Node, definition: Definition, setting: Setting) -> tuple[Facts, Given]:
    trigger = TRIGGERS[definition.trigger]
    required = ["name", "gives", *(["purchase"] if trigger.has_purchase else [])]
    fields = node.fields(_KEYS, required=required)
    if "name" in fields:
        fields["name"].text()
    purchase = _purchase(fields["purchase"], setting) if "purchase" in fields else None
    if purchase is not None and not trigger.has_purchase:
        fields["purchase"].problem("not_allowed", f"{trigger.name} has no purchase")
    if "activity" in fields and not trigger.has_activity:
        fields["activity"].problem("not_allowed", f"{trigger.name} is about no activity")
    activity = fields["activity"].text() if "activity" in fields else definition.activity or "anything"
    at = (read_moment(fields["at"]) if "at" in fields else None) or _usual_moment(definition)
    referrer = _person(fields["referrer"], _REFERRER, setting) if "referrer" in fields else None
    buyer = _person(fields.get("customer"), _BUYER, setting, referred=referrer is not None)
    facts = Facts(
        trigger=definition.trigger,
        occurred_at=at,
        local_date=at.date(),
        local_weekday=at.weekday(),
        local_minute=at.hour * 60 + at.minute,
        buyer=buyer,
        referrer=referrer,
        purchase=purchase,
        reached=_reached(fields.get("counted"), definition, purchase),
        usage=_usage(fields.get("used"), definition, at),
        activity=activity if trigger.has_activity else "",
        campaigns=(Campaign(1, definition.campaign, _ANY_CAMPAIGN),) if definition.campaign else (),
        campaign=definition.campaign,
    )
    return facts, _wanted(fields["gives"]) if "gives" in fields else Given()


def _usual_moment(definition: Definition) -> datetime:
    """When an example happens that does not say when: on the first day on which the policy is due."""
    return datetime.combine(definition.every.first_from(_NOON.date()), _NOON.time()) if definition.every else _NOON


def _person(node: Node | None, id_: int, setting: Setting, *, referred: bool = False) -> CustomerFacts:
    fields = node.fields(("tier", "purchases")) if node else {}
    tier = fields["tier"].choice(setting.multipliers) if "tier" in fields else next(iter(setting.multipliers), "")
    purchases = fields["purchases"].integer(0, COUNT_MAX) if "purchases" in fields else 0
    tiers = list(setting.multipliers)
    above = tiers[tiers.index(tier) + 1 :] if tier else []
    return CustomerFacts(
        id_,
        tier,
        setting.multipliers.get(tier, Fraction(1)),
        purchases,
        referred,
        next_tier=above[0] if above else "",
    )


def _purchase(node: Node, setting: Setting) -> PurchaseFacts:
    fields = node.fields(("total", "items"), required=("total",))
    total = fields["total"].integer(0, MONEY_MAX) if "total" in fields else 0
    lines = [_line(item) for item in fields["items"].items(LINES_MAX)] if "items" in fields else []
    return PurchaseFacts(total, setting.currency, setting.minor_digits, tuple(lines))


def _line(node: Node) -> Line:
    fields = node.fields(("sku", "category", "quantity", "unit_price"), required=("unit_price",))
    return Line(
        sku=fields["sku"].text() if "sku" in fields else "",
        category=fields["category"].text() if "category" in fields else "",
        quantity=fields["quantity"].integer(1, COUNT_MAX) if "quantity" in fields else 1,
        unit_price=fields["unit_price"].integer(0, MONEY_MAX) if "unit_price" in fields else 0,
    )


def _reached(
    node: Node | None, definition: Definition, purchase: PurchaseFacts | None
) -> dict[tuple[str, str], tuple[int, int]]:
    before = node.integer(0, NUMBER_MAX) if node else 0
    counted = definition.milestones
    if counted is None or purchase is None:
        if node:
            node.problem("not_allowed", "this policy counts nothing")
        return {}
    return {(counted.scope, counted.measure): (before, before + measured(purchase, counted.measure))}


def _usage(node: Node | None, definition: Definition, at: datetime) -> dict[tuple[int, int, str], tuple[int, int]]:
    if node is None:
        return {}
    fields = node.fields(("times", "points"))
    if not definition.limits.are_per_customer:
        node.problem("not_allowed", "this policy has no limit per customer")
    used = [fields[key].integer(0, COUNT_MAX) if key in fields else 0 for key in ("times", "points")]
    period = period_key(definition.limits.per, at.date())
    return {(1, person, period): (used[0], used[1]) for person in (_BUYER, _REFERRER)}


def _wanted(node: Node) -> Given:
    fields = node.fields(_GIVES)
    if len(fields.keys() - {"quantity"}) != 1 or ("quantity" in fields) > ("option" in fields):
        node.problem("missing", "needs exactly one of points, option (with a quantity), nothing")
        return Given()
    if "option" in fields:
        quantity = fields["quantity"].integer(1, COUNT_MAX) if "quantity" in fields else 1
        return Given(option=fields["option"].text(), quantity=quantity)
    if "points" in fields:
        return Given(points=fields["points"].integer(1, COUNT_MAX))
    return Given(nothing=fields["nothing"].choice(SENTENCES))


def _given(decision: Decision) -> Given:
    awards = decision.awards
    if not awards:
        return Given(nothing=decision.refusals[0].code if decision.refusals else "")
    return Given(
        points=sum(award.points for award in awards),
        option=awards[0].option,
        quantity=sum(award.quantity for award in awards),
    )


_MONEY: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": MONEY_MAX}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": COUNT_MAX}
_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH_MAX}
_PERSON: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "tier": {**_NAME, "description": "The code of a tier; without it, the lowest."},
        "purchases": _COUNT,
    },
}
SCHEMA: Mapping[str, Any] = {
    "description": "Examples of what the policy gives, which all must hold before it is published.",
    "type": "array",
    "maxItems": EXAMPLES_MAX,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "gives"],
        "properties": {
            "name": {**_NAME, "description": "The example in words."},
            "customer": {**_PERSON, "description": "Whom it is about, with earlier purchases."},
            "referrer": {**_PERSON, "description": "Who referred them; without it, nobody did."},
            "purchase": {
                "description": "What is bought; amounts in minor units, such as cents, as in conditions.",
                "type": "object",
                "additionalProperties": False,
                "required": ["total"],
                "properties": {
                    "total": _MONEY,
                    "items": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": LINES_MAX,
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["unit_price"],
                            "properties": {
                                "sku": _NAME,
                                "category": _NAME,
                                "quantity": {**_COUNT, "minimum": 1, "default": 1},
                                "unit_price": _MONEY,
                            },
                        },
                    },
                },
            },
            "activity": {**_NAME, "description": "The kind of the activity, if the policy names none."},
            "at": {
                "description": "The merchant's local time; without it, a Monday noon, or that of the first day due.",
                "type": "string",
            },
            "counted": {**_COUNT, "description": "What its milestones had counted before."},
            "used": {
                "description": "What of its limit had been used in the period.",
                "type": "object",
                "additionalProperties": False,
                "properties": {"times": _COUNT, "points": _COUNT},
            },
            "gives": {
                "description": "Points; a reward option, badge, event or tier; or the reason for nothing.",
                "type": "object",
                "additionalProperties": False,
                "oneOf": [{"required": [key]} for key in ("points", "option", "nothing")],
                "properties": {
                    "points": {**_COUNT, "minimum": 1},
                    "option": _NAME,
                    "quantity": {**_COUNT, "minimum": 1, "default": 1},
                    "nothing": {"enum": list(SENTENCES)},
                },
            },
        },
    },
}
