"""Reads an untrusted definition and notes every problem, with its place, instead of stopping at the first.

Nothing here echoes more than a few characters of what it was given, and nothing recurses: the callers go down
the keys they know and no further, so a hostile definition costs no more than a good one.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import isnan
from typing import Any

from rewards.engine.problems import PROBLEMS_MAX, Problem

DECIMAL_PLACES_MAX = 6
NAME_LENGTH_MAX = 100
KEY_SHOWN_MAX = 64

_PLAIN_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


class Node:
    """A value inside a definition, with the pointer that leads to it.

    Each reading method notes a problem when the value does not fit, and returns a harmless stand-in, so that
    reading goes on. What was read may be used only if no problem was noted.
    """

    __slots__ = ("_problems", "pointer", "value")

    def __init__(self, value: Any, pointer: str, problems: list[Problem]) -> None:
        self.value = value
        self.pointer = pointer
        self._problems = problems

    def problem(self, code: str, detail: str, offset: int | None = None) -> None:
        """Note that something is wrong with this value, or in its text behind `offset` characters."""
        if len(self._problems) < PROBLEMS_MAX:
            self._problems.append(Problem(self.pointer, code, detail, offset))

    def fields(self, allowed: Collection[str], required: Iterable[str] = ()) -> dict[str, "Node"]:
        """Read a mapping with known keys; unknown and missing ones are problems."""
        nodes = self.entries(len(allowed) + PROBLEMS_MAX)
        for key, node in nodes.items():
            if key not in allowed:
                node.problem("unknown_key", "this key is not known here")
        if isinstance(self.value, Mapping):
            for key in required:
                if key not in nodes:
                    self.problem("missing", f"{key} is missing")
        return {key: node for key, node in nodes.items() if key in allowed}

    def entries(self, count_max: int) -> dict[str, "Node"]:
        """Read a mapping whose keys are names chosen by the author."""
        if not isinstance(self.value, Mapping):
            self.problem("wrong_type", "must be a mapping of keys to values")
            return {}
        if len(self.value) > count_max:
            self.problem("too_many", f"may have at most {count_max} keys")
            return {}
        nodes = {}
        for key, value in self.value.items():
            if isinstance(key, str) and key.isprintable():
                nodes[key] = self._child(key, value)
            else:
                self.problem("wrong_type", "every key must be printable text; put it in quotes")
        return nodes

    def items(self, count_max: int) -> list["Node"]:
        """Read a list of 1 to `count_max` values."""
        if not isinstance(self.value, list | tuple):
            self.problem("wrong_type", "must be a list")
            return []
        if not 1 <= len(self.value) <= count_max:
            self.problem("out_of_range", f"must have 1 to {count_max} entries")
            return []
        return [self._child(str(index), value) for index, value in enumerate(self.value)]

    def integer(self, low: int, high: int) -> int:
        """Read a whole number of `low` to `high`. True and 1.0 are not whole numbers."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.problem("wrong_type", "must be a whole number")
        elif not low <= self.value <= high:
            self.problem("out_of_range", f"must be from {low} to {high}")
        else:
            return self.value
        return low

    def fraction(self, high: int) -> Fraction:
        """Read a number above 0 and up to `high` exactly: 1.5 and "1.5" are 3/2, never a binary float."""
        number = _exact(self.value)
        if number is None:
            self.problem("wrong_type", "must be a number such as 1.5")
        elif not 0 < number <= high:
            self.problem("out_of_range", f"must be more than 0 and at most {high}")
        elif _decimal_places(number) > DECIMAL_PLACES_MAX:
            self.problem("out_of_range", f"may have at most {DECIMAL_PLACES_MAX} decimal places")
        else:
            return Fraction(number)
        return Fraction(1)

    def text(self, length_max: int = NAME_LENGTH_MAX) -> str:
        """Read printable text of 1 to `length_max` characters."""
        if not isinstance(self.value, str):
            self.problem("wrong_type", "must be text")
        elif not 1 <= len(self.value) <= length_max:
            self.problem("out_of_range", f"must have 1 to {length_max} characters")
        elif not self.value.isprintable():
            self.problem("not_allowed", "must not contain control characters")
        else:
            return self.value
        return ""

    def word(self, pattern: str, length_max: int) -> str:
        """Read a word of a pattern that allows small letters, digits and underscores."""
        word = self.text(length_max)
        if word and not re.fullmatch(pattern, word):
            self.problem("not_allowed", "must be a word of small letters, digits and underscores, such as social_share")
        return word

    def choice(self, options: Collection[str]) -> str:
        """Read one of a few words."""
        if isinstance(self.value, str) and self.value in options:
            return self.value
        self.problem("not_a_choice", f"must be one of {', '.join(options)}")
        return ""

    def flag(self) -> bool:
        """Read true or false."""
        if not isinstance(self.value, bool):
            self.problem("wrong_type", "must be true or false")
        return self.value is True

    def _child(self, key: str, value: Any) -> "Node":
        shown = key[:KEY_SHOWN_MAX].replace("~", "~0").replace("/", "~1")
        return Node(value, f"{self.pointer}/{shown}", self._problems)


def _exact(value: object) -> Decimal | None:
    """Return the number that the author wrote, or None if it is none.

    A float goes through its shortest text, which is what the author wrote: Decimal(0.1) itself would carry
    the error of binary. The length of a text and the range of an int are bounded before anything is
    converted.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**18 else Decimal("Infinity")
    if isinstance(value, float):
        return None if isnan(value) else Decimal(str(value))
    if isinstance(value, str) and len(value) <= 25 and _PLAIN_DECIMAL.fullmatch(value):
        return Decimal(value)
    return None


def _decimal_places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
