"""Writes a tree back as text, so that a part of a condition can be shown by itself."""

from collections.abc import Callable
from fractions import Fraction

from rewards.engine.expressions.syntax import Syntax

_SIMPLE = frozenset({"literal", "list", "name", "call", "index"})
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def written(node: Syntax) -> str:
    """Return the text of a tree; parsed again, it is the same tree."""
    return _FORMS[node.kind](node) if node.kind in _FORMS else f" {node.value} ".join(map(_held, node.parts))


def literal(value: object) -> str:
    """Return the text of a constant: text in quotes, true, false, null, or a number."""
    if isinstance(value, str):
        return f"'{value.translate(_ESCAPES)}'"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return decimal_text(value) if isinstance(value, Fraction) else str(value)


def decimal_text(value: Fraction) -> str:
    """Return an exact decimal number as it is written, with at least one place: 3/2 is 1.5."""
    places = 1
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _call(node: Syntax) -> str:
    *held, argument = node.parts
    return f"{''.join(map(_held, held))}{node.value}({written(argument)})"


def _choice(node: Syntax) -> str:
    test, yes, no = map(_held, node.parts)
    return f"{test} ? {yes} : {no}"


_FORMS: dict[str, Callable[[Syntax], str]] = {
    "literal": lambda node: literal(node.value),
    "name": lambda node: str(node.value),
    "list": lambda node: f"[{', '.join(map(written, node.parts))}]",
    "index": lambda node: f"{_held(node.parts[0])}[{written(node.parts[1])}]",
    "call": _call,
    "unary": lambda node: f"{node.value}{_held(node.parts[0])}",
    "choice": _choice,
}


def _held(node: Syntax) -> str:
    text = written(node)
    is_negative = node.kind == "literal" and text.startswith("-")
    return text if node.kind in _SIMPLE and not is_negative else f"({text})"
