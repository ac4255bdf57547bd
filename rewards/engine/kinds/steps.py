"""Effects that are no points and no reward: a step up the tiers, a badge, an event of the merchant's own."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rewards.engine.kinds.base import EffectKind, Valuation
from rewards.engine.reading import NAME_LENGTH_MAX, Node
from rewards.engine.terms import AS_THE_WALLET_SAYS, Terms
from rewards.engine.triggers import KIND_LENGTH_MAX, KIND_PATTERN, Trigger

TIER_STEP = "tier_step"
BADGE = "badge"
EVENT = "event"


@dataclass(frozen=True, slots=True)
class NamedEffect:
    """Gives what `option` names: a badge by its code, or an event by its type; of a step up the tiers it is empty."""

    kind: str
    option: str = ""

    quantity: ClassVar[int] = 1
    counts_for_tier: ClassVar[bool] = True
    terms: ClassVar[Terms] = AS_THE_WALLET_SAYS
    campaign_multiplier: ClassVar[bool] = False

    def valuation(self) -> Valuation | None:
        """It is worth no points."""
        return None


def read_tier_step(node: Node, trigger: Trigger) -> NamedEffect:
    """Read `{}`; the problems are noted on the node."""
    node.fields(())
    return NamedEffect(TIER_STEP)


def read_badge(node: Node, trigger: Trigger) -> NamedEffect:
    """Read `{code: regular}`; the problems are noted on the node."""
    fields = node.fields(("code",), required=("code",))
    return NamedEffect(BADGE, fields["code"].text() if "code" in fields else "")


def read_event(node: Node, trigger: Trigger) -> NamedEffect:
    """Read `{type: call_them}`; the problems are noted on the node."""
    fields = node.fields(("type",), required=("type",))
    return NamedEffect(EVENT, fields["type"].word(KIND_PATTERN, KIND_LENGTH_MAX) if "type" in fields else "")


def _schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


TIER_STEPS = EffectKind(label="Lift by one tier", schema=_schema(), read=read_tier_step)
BADGES = EffectKind(
    label="Award a badge, once",
    schema=_schema(
        code={"description": "The code of a badge.", "type": "string", "minLength": 1, "maxLength": NAME_LENGTH_MAX}
    ),
    read=read_badge,
)
EVENTS = EffectKind(
    label="Tell other systems",
    schema=_schema(
        type={
            "description": "The merchant's word for it; the event is called custom.<type>.",
            "type": "string",
            "maxLength": KIND_LENGTH_MAX,
            "pattern": f"^{KIND_PATTERN}$",
        }
    ),
    read=read_event,
)
