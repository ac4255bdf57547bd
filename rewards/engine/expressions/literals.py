"""Turns the text of a literal into its value."""

from fractions import Fraction

from rewards.engine.expressions.errors import ExpressionError
from rewards.engine.expressions.lexer import Token

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1
# A whole number of more digits than this is out of range, however many of them are zeros.
INT_DIGITS_MAX = 19

WORDS: dict[str, object] = {"true": True, "false": False, "null": None}

_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "r": "\r", "t": "\t"}


def whole_number(token: Token, *, negative: bool = False) -> int:
    """Return the value of an int token; the sign decides whether 2^63 is still in range.

    Raises ExpressionError for a number that does not fit into 64 bits.
    """
    if len(token.text) <= INT_DIGITS_MAX:
        number = -int(token.text) if negative else int(token.text)
        if INT_MIN <= number <= INT_MAX:
            return number
    raise ExpressionError("out_of_range", "whole numbers have at most 64 bits", token.offset)


def decimal_number(token: Token) -> Fraction:
    """Return the value of a decimal token, exactly."""
    return Fraction(token.text)


def text_value(token: Token) -> str:
    r"""Return the value of a string token.

    Of CEL's escapes \\ \" \' \n \r \t are known; any other raises ExpressionError.
    """
    body = token.text[1:-1]
    if "\\" not in body:
        return body
    pieces = []
    position = 0
    while position < len(body):
        character = body[position]
        if character == "\\":
            position += 1
            if body[position] not in _ESCAPES:
                raise ExpressionError("syntax", "this escape is not known", token.offset + position)
            character = _ESCAPES[body[position]]
        pieces.append(character)
        position += 1
    return "".join(pieces)
