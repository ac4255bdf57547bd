"""Conditions as rows for people who do not write expressions: a fact, a comparison and a value, joined by and or or.

As in the expression, and binds tighter than or: a, b or c, d means (a and b) or (c and d).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rewards.engine.expressions.checker import Name, Vocabulary
from rewards.engine.expressions.errors import ExpressionError
from rewards.engine.expressions.literals import WORDS
from rewards.engine.expressions.parser import parse_expression
from rewards.engine.expressions.syntax import Syntax
from rewards.engine.expressions.value_types import BOOL, STRING
from rewards.engine.expressions.writing import decimal_text, literal
from rewards.engine.marking import _

AND = "and"
OR = "or"
COMPARISONS = {
    "==": _("is"),
    "!=": _("is not"),
    "<": _("is less than"),
    "<=": _("is at most"),
    ">": _("is more than"),
    ">=": _("is at least"),
    "in": _("is one of"),
    "has": _("contains"),
    "has_not": _("does not contain"),
}
"""The comparisons of a row, and what they are called."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_MIRRORED = {"has": "{value} in {fact}", "has_not": "!({value} in {fact})"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `value` is text as it is typed; of `is one of` the values are parted by commas.

    `join` says how the line goes with those before it. A map's key stands in brackets behind the fact:
    `purchase.units[meals]`.
    """

    fact: str
    comparison: str
    value: str
    join: str = AND


def write_rows(rows: Sequence[Row], vocabulary: Vocabulary) -> str:
    """Return the expression that rows say, which may still be refused by the checker, as any expression."""
    signs = {AND: " && ", OR: " || "}
    return "".join((signs[row.join] if index else "") + _clause(row, vocabulary) for index, row in enumerate(rows))


def read_rows(text: str, vocabulary: Vocabulary) -> list[Row] | None:
    """Return the rows that say an expression, or None if rows cannot say it."""
    try:
        tree = parse_expression(text)
    except ExpressionError:
        return None
    rows: list[Row] = []
    for group in tree.parts if tree.kind == "any" else (tree,):
        for index, part in enumerate(group.parts if group.kind == "all" else (group,)):
            row = _row(part, AND if index else OR)
            if row is None:
                return None
            rows.append(row)
    # Only what means the same when it is written again is shown as rows.
    same = parse_expression(write_rows(rows, vocabulary)) if rows else None
    return rows if same is not None and _shape(same) == _shape(tree) else None


def _shape(tree: Syntax) -> object:
    return tree.kind, tree.value, tuple(_shape(part) for part in tree.parts)


def _clause(row: Row, vocabulary: Vocabulary) -> str:
    fact, known = _fact(row.fact, vocabulary)
    if known is not None and known.type == BOOL and row.comparison in {"==", "!="}:
        is_wanted = (row.value.strip().lower() in {"true", "yes"}) == (row.comparison == "==")
        return fact if is_wanted else f"!{fact}"
    if row.comparison == "in":
        values = ", ".join(_constant(value.strip(), known) for value in row.value.split(","))
        return f"{fact} in [{values}]"
    value = _constant(row.value, known)
    if row.comparison in _MIRRORED:
        return _MIRRORED[row.comparison].format(value=value, fact=fact)
    return f"{fact} {row.comparison} {value}"


def _fact(fact: str, vocabulary: Vocabulary) -> tuple[str, Name | None]:
    name, bracket, key = fact.partition("[")
    if bracket:
        return f"{name}[{literal(key.removesuffix(']'))}]", vocabulary.get(name)
    return name, vocabulary.get(name)


def _constant(value: str, known: Name | None) -> str:
    kind = known.type if known else STRING
    kind = kind.item if kind.item is not None and kind.name == "list" else kind
    if kind == STRING:
        return literal(value)
    return value if _NUMBER.fullmatch(value) else literal(value)


def _row(node: Syntax, join: str) -> Row | None:
    negated = node.kind == "unary" and node.value == "!"
    inner = node.parts[0] if negated else node
    if inner.kind == "name":
        return Row(str(inner.value), "==", "false" if negated else "true", join)
    if inner.kind != "binary" or (negated and inner.value != "in"):
        return None
    left, right = inner.parts
    sign = str(inner.value)
    if sign == "in" and left.kind == "literal" and right.kind == "name":
        return Row(str(right.value), "has_not" if negated else "has", _typed(left), join)
    if negated or sign not in COMPARISONS or (fact := _named(left)) is None:
        return None
    if sign == "in":
        is_plain = right.kind == "list" and all(part.kind == "literal" for part in right.parts)
        return Row(fact, sign, ", ".join(map(_typed, right.parts)), join) if is_plain else None
    return Row(fact, sign, _typed(right), join) if right.kind == "literal" else None


def _named(node: Syntax) -> str | None:
    if node.kind == "name":
        return decimal_text(node.value) if isinstance(node.value, Fraction) else str(node.value)
    if node.kind == "index" and node.parts[0].kind == "name" and node.parts[1].kind == "literal":
        return f"{node.parts[0].value}[{node.parts[1].value}]"
    return None


def _typed(node: Syntax) -> str:
    words = {value: word for word, value in WORDS.items()}
    if isinstance(node.value, bool) or node.value is None:
        return words[node.value]
    return decimal_text(node.value) if isinstance(node.value, Fraction) else str(node.value)
