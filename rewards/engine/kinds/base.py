"""What every kind of effect has in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from rewards.engine.campaigns.definition import Campaign
from rewards.engine.facts import CustomerFacts, Facts
from rewards.engine.reading import Node
from rewards.engine.terms import Terms
from rewards.engine.triggers import Trigger

# The points of one award before limits, the weight of each line in them, and the tier multiplier applied.
Worth: TypeAlias = tuple[int, Sequence[int], Fraction]
# Computes the worth for a beneficiary, multiplied by some campaigns.
Valuation: TypeAlias = Callable[[Facts, CustomerFacts, tuple[Campaign, ...]], Worth]


class Effect(Protocol):
    """What a policy gives: the parameters of one kind of effect, read and checked."""

    @property
    def kind(self) -> str:
        """The kind of the awards it makes, which is its key in the table of effects."""

    @property
    def option(self) -> str:
        """The code of the reward option it grants, or empty."""

    @property
    def quantity(self) -> int:
        """How many of the option one award grants."""

    @property
    def counts_for_tier(self) -> bool:
        """Whether its points count towards the tier."""

    @property
    def terms(self) -> Terms:
        """When its points can be spent, and when they lapse."""

    @property
    def campaign_multiplier(self) -> bool:
        """Whether campaigns multiply its points."""

    def valuation(self) -> Valuation | None:
        """Return the function that computes the points, compiled once; None if it gives no points."""


@dataclass(frozen=True, slots=True)
class EffectKind:
    """A row of the table of effects."""

    label: str
    schema: Mapping[str, Any]
    read: Callable[[Node, Trigger], Effect]
