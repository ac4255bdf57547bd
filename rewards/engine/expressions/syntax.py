"""The tree that a condition is read into."""

from dataclasses import dataclass

from rewards.engine.expressions.errors import ExpressionError

DEPTH_MAX = 50


@dataclass(frozen=True, slots=True)
class Syntax:
    """A part of a condition, with its place in the text.

    `kind` is literal, list, name, call, index, unary, binary, all (&&), any (||) or choice (?:). `value` is
    the value of a literal, the dotted name, the function or the operator; the parts are in reading order. A
    method call such as x.contains(y) is a call whose `value` starts with a dot, and whose first part is x.
    """

    kind: str
    offset: int
    value: object = None
    parts: tuple["Syntax", ...] = ()


def refuse_deep(tree: Syntax) -> None:
    """Raise ExpressionError if the tree is deeper than 50, as a long chain of + is without any parentheses.

    What comes after goes down the tree by recursion, in the checker as in every evaluation.
    """
    level = [tree]
    for _ in range(DEPTH_MAX):
        level = [part for node in level for part in node.parts]
    if level:
        raise ExpressionError("too_deep", f"a condition is at most {DEPTH_MAX} levels deep", level[0].offset)
