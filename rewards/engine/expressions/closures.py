"""Joins functions into one function of the facts: the condition, compiled.

Each part of a condition becomes a closure that takes the facts. What is known beforehand (constants) is not
asked again, since a condition is compiled once and evaluated for every purchase.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.engine.expressions.errors import ConditionError
from rewards.engine.expressions.value_types import ValueType

Run = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A checked part of a condition: its type, and the function that gives its value for some facts."""

    type: ValueType
    run: Run
    is_constant: bool = False

    @property
    def constant(self) -> Any:
        """The value of a constant, which needs no facts."""
        return self.run(None)


def constant(value_type: ValueType, value: object) -> Compiled:
    """Return a part that always has this value."""
    return Compiled(value_type, lambda _facts: value, is_constant=True)


def apply_one(function: Callable[[Any], Any], operand: Run) -> Run:
    """Return a function that computes `function` of one part."""
    return lambda facts: function(operand(facts))


def apply_two(function: Callable[[Any, Any], Any], left: Compiled, right: Compiled) -> Run:
    """Return a function that computes `function` of two parts, the left one first."""
    run_left, run_right = left.run, right.run
    if right.is_constant:
        known_right = right.constant
        return lambda facts: function(run_left(facts), known_right)
    if left.is_constant:
        known_left = left.constant
        return lambda facts: function(known_left, run_right(facts))
    return lambda facts: function(run_left(facts), run_right(facts))


def choose(test: Run, yes: Run, no: Run) -> Run:
    """Return a function that evaluates only the branch that the test picks."""
    return lambda facts: yes(facts) if test(facts) else no(facts)


def build_list(items: Sequence[Run]) -> Run:
    """Return a function that makes a list; a tuple, as the lists among the facts are."""
    return lambda facts: tuple([item(facts) for item in items])


def all_of(parts: Sequence[Run]) -> Run:
    """Return && of the parts. As in CEL, false wins over an error wherever it stands."""
    return _until(parts, decisive=False)


def any_of(parts: Sequence[Run]) -> Run:
    """Return || of the parts. As in CEL, true wins over an error wherever it stands."""
    return _until(parts, decisive=True)


def _until(parts: Sequence[Run], *, decisive: bool) -> Run:
    def run(facts: Any) -> bool:
        failure: ConditionError | None = None
        for part in parts:
            try:
                value: bool = part(facts)
                if value is decisive:
                    return value
            except ConditionError as error:
                failure = error
        if failure is not None:
            raise failure
        return not decisive

    return run
