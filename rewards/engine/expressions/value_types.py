"""The types that a condition's values can have."""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type such as int or list<string>; `item` is what a list or a map holds. Maps have string keys."""

    name: str
    item: Optional["ValueType"] = None

    def __str__(self) -> str:
        return f"{self.name}<{self.item}>" if self.item else self.name


INT = ValueType("int")
DECIMAL = ValueType("decimal")
STRING = ValueType("string")
BOOL = ValueType("bool")
NULL = ValueType("null")
# What an empty list holds: it goes together with anything.
NOTHING = ValueType("nothing")


def list_of(item: ValueType) -> ValueType:
    """Return the type of a list of such items."""
    return ValueType("list", item)


def map_to(item: ValueType) -> ValueType:
    """Return the type of a map from strings to such items."""
    return ValueType("map", item)


def is_number(kind: ValueType) -> bool:
    """Tell whether one can calculate with it."""
    return kind in (INT, DECIMAL)


def unified(left: ValueType, right: ValueType) -> ValueType | None:
    """Return the one type that both fit, or None. A mixture of int and decimal is decimal."""
    if right in (left, NOTHING):
        return left
    if left == NOTHING:
        return right
    if is_number(left) and is_number(right):
        return DECIMAL
    if left.item and right.item and left.name == right.name:
        item = unified(left.item, right.item)
        return ValueType(left.name, item) if item else None
    return None


def are_comparable(left: ValueType, right: ValueType) -> bool:
    """Tell whether == makes sense: between values of one type, and with null, which equals only itself."""
    if "map" in (left.name, right.name):
        return False
    return NULL in (left, right) or unified(left, right) is not None
