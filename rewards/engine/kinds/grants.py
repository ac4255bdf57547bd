"""The effect that grants a reward option, such as a free meal."""

from dataclasses import dataclass
from typing import ClassVar

from rewards.engine.kinds.base import EffectKind, Valuation
from rewards.engine.reading import NAME_LENGTH_MAX, Node
from rewards.engine.terms import AS_THE_WALLET_SAYS, Terms
from rewards.engine.triggers import Trigger

QUANTITY_MAX = 100


@dataclass(frozen=True, slots=True)
class GrantEffect:
    """Grants `quantity` of the reward option with that code."""

    option: str
    quantity: int = 1

    kind: ClassVar[str] = "grant"
    counts_for_tier: ClassVar[bool] = True
    terms: ClassVar[Terms] = AS_THE_WALLET_SAYS
    campaign_multiplier: ClassVar[bool] = False

    def valuation(self) -> Valuation | None:
        """A grant is worth no points."""
        return None


def read_grant(node: Node, trigger: Trigger) -> GrantEffect:
    """Read `{option: free-meal, quantity: 1}`; the problems are noted on the node."""
    fields = node.fields(("option", "quantity"), required=("option",))
    return GrantEffect(
        option=fields["option"].text() if "option" in fields else "",
        quantity=fields["quantity"].integer(1, QUANTITY_MAX) if "quantity" in fields else 1,
    )


GRANT = EffectKind(
    label="Grant a reward option",
    schema={
        "type": "object",
        "additionalProperties": False,
        "required": ["option"],
        "properties": {
            "option": {
                "description": "The code of a reward option.",
                "type": "string",
                "minLength": 1,
                "maxLength": NAME_LENGTH_MAX,
            },
            "quantity": {"type": "integer", "minimum": 1, "maximum": QUANTITY_MAX, "default": 1},
        },
    },
    read=read_grant,
)
