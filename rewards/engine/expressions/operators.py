"""The table of operators and functions: which types each takes, what it gives, and how it is done.

A new operator or function of conditions is a new row here, and nothing else.
"""

import operator
from collections.abc import Callable
from typing import Any

from rewards.engine.expressions import arithmetic
from rewards.engine.expressions.value_types import (
    BOOL,
    DECIMAL,
    INT,
    STRING,
    ValueType,
    are_comparable,
    is_number,
    unified,
)

Function = Callable[..., Any]
# The type of the result and the function that computes it, or None where the operator makes no sense.
Overload = tuple[ValueType, Function] | None

_WHOLE: dict[str, Function] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "%": arithmetic.remainder,
}
# Like CEL, decimals have no remainder.
_EXACT: dict[str, Function] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": arithmetic.divide_exactly,
}
_ORDER: dict[str, Function] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_EQUALITY: dict[str, Function] = {"==": operator.eq, "!=": operator.ne}
_TEXT_TESTS: dict[str, Function] = {
    ".startsWith": str.startswith,
    ".endsWith": str.endswith,
    ".contains": operator.contains,
}

FUNCTIONS: tuple[str, ...] = ("size", *_TEXT_TESTS)


def unary(sign: str, operand: ValueType) -> Overload:
    """Look up ! or - for an operand of that type."""
    if sign == "!":
        return (BOOL, operator.not_) if operand == BOOL else None
    if operand == INT:
        return INT, arithmetic.negate
    return (DECIMAL, operator.neg) if operand == DECIMAL else None


def binary(sign: str, left: ValueType, right: ValueType) -> Overload:
    """Look up an operator with two operands of these types."""
    if sign in _EQUALITY:
        return (BOOL, _EQUALITY[sign]) if are_comparable(left, right) else None
    if sign in _ORDER:
        return (BOOL, _ORDER[sign]) if _have_an_order(left, right) else None
    if sign == "in":
        return (BOOL, _is_in) if _can_hold(right, left) else None
    if left == right == INT:
        return INT, _WHOLE[sign]
    if is_number(left) and is_number(right) and sign in _EXACT:
        return DECIMAL, _EXACT[sign]
    return None


def call(name: str, arguments: tuple[ValueType, ...]) -> Overload:
    """Look up one of FUNCTIONS; a method starts with a dot, and its object is the first argument."""
    if name == "size":
        return (INT, len) if arguments[0].name in ("string", "list", "map") else None
    return (BOOL, _TEXT_TESTS[name]) if arguments == (STRING, STRING) else None


def index(container: ValueType, key: ValueType) -> Overload:
    """Look up the value under a key of a map; a key that is not there counts 0."""
    return (INT, _count_of) if container.name == "map" and key == STRING else None


def _have_an_order(left: ValueType, right: ValueType) -> bool:
    return unified(left, right) in (INT, DECIMAL, STRING)


def _can_hold(container: ValueType, item: ValueType) -> bool:
    if container.name == "map":
        return item == STRING
    return container.item is not None and are_comparable(item, container.item)


def _is_in(item: object, container: Any) -> bool:
    return item in container


def _count_of(counts: Any, key: str) -> int:
    found: int = counts.get(key, 0)
    return found
