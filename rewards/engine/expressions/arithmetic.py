"""Arithmetic on whole numbers of 64 bits, as CEL has it, and on exact decimals.

Whole numbers divide towards zero, and a remainder has the sign of the dividend. Dividing by zero and leaving
64 bits are errors of the condition. Decimals are exact fractions: nothing is rounded, and nothing overflows.
"""

from fractions import Fraction
from typing import TypeAlias

from rewards.engine.expressions.errors import ConditionError
from rewards.engine.expressions.literals import INT_MAX, INT_MIN

Number: TypeAlias = int | Fraction


def add(left: int, right: int) -> int:
    """Return the sum, or raise ConditionError outside 64 bits."""
    return _in_range(left + right)


def subtract(left: int, right: int) -> int:
    """Return the difference, or raise ConditionError outside 64 bits."""
    return _in_range(left - right)


def multiply(left: int, right: int) -> int:
    """Return the product, or raise ConditionError outside 64 bits."""
    return _in_range(left * right)


def divide(left: int, right: int) -> int:
    """Return the quotient, cut towards zero: -7 / 2 is -3. By zero, or outside 64 bits: ConditionError."""
    if right == 0:
        raise ConditionError("division by zero")
    quotient = abs(left) // abs(right)
    return _in_range(quotient if (left < 0) == (right < 0) else -quotient)


def remainder(left: int, right: int) -> int:
    """Return what `divide` leaves over: -7 % 2 is -1. Raises ConditionError where `divide` does."""
    return left - divide(left, right) * right


def negate(value: int) -> int:
    """Return the negative, or raise ConditionError for the smallest number, which has none in 64 bits."""
    return _in_range(-value)


def divide_exactly(left: Number, right: Number) -> Fraction:
    """Return the exact quotient of two decimals, or raise ConditionError by zero.

    CEL's doubles would give infinity here; an exact number has none.
    """
    if right == 0:
        raise ConditionError("division by zero")
    return Fraction(left) / right


def _in_range(value: int) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    raise ConditionError("a whole number left its 64 bits")
