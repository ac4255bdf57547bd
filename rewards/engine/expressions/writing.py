"""Writes a tree back as text, so that a part of a condition can be shown by itself."""

from fractions import Fraction

from rewards.engine.expressions.syntax import Syntax

_SIMPLE = frozenset({"literal", "list", "name", "call", "index"})
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def written(node: Syntax) -> str:
    """Return the text of a tree; parsed again, it is the same tree."""
    parts = [written(part) for part in node.parts]
    if node.kind == "literal":
        return literal(node.value)
    if node.kind == "name":
        return str(node.value)
    if node.kind == "list":
        return f"[{', '.join(parts)}]"
    if node.kind == "index":
        return f"{_held(node.parts[0])}[{parts[1]}]"
    if node.kind == "call":
        name = str(node.value)
        return f"{_held(node.parts[0])}{name}({parts[1]})" if name.startswith(".") else f"{name}({parts[0]})"
    held = [_held(part) for part in node.parts]
    if node.kind == "unary":
        return f"{node.value}{held[0]}"
    if node.kind == "choice":
        return "{} ? {} : {}".format(*held)
    return f" {node.value} ".join(held)


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


def _held(node: Syntax) -> str:
    text = written(node)
    is_negative = node.kind == "literal" and text.startswith("-")
    return text if node.kind in _SIMPLE and not is_negative else f"({text})"
