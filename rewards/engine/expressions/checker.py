"""Gives every part of a condition its type, and compiles it, or says why it cannot be.

Every name, type and function is settled here, when the condition is written. An evaluation can fail only in
arithmetic (see ConditionError).
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rewards.engine.expressions import operators
from rewards.engine.expressions.closures import (
    Compiled,
    Run,
    all_of,
    any_of,
    apply_one,
    apply_two,
    build_list,
    choose,
    constant,
)
from rewards.engine.expressions.errors import ExpressionError
from rewards.engine.expressions.parser import parse_expression
from rewards.engine.expressions.syntax import Syntax
from rewards.engine.expressions.value_types import (
    BOOL,
    DECIMAL,
    INT,
    NOTHING,
    NULL,
    STRING,
    ValueType,
    list_of,
    unified,
)

_LITERAL_TYPES: dict[type, ValueType] = {
    bool: BOOL,
    int: INT,
    Fraction: DECIMAL,
    str: STRING,
    type(None): NULL,
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that conditions may use: its type, how to read it from the facts, and what it means."""

    type: ValueType
    read: Run
    meaning: str


Vocabulary = Mapping[str, Name]


def compile_condition(text: str, vocabulary: Vocabulary) -> Run:
    """Compile a condition into a function from facts to True or False.

    The function raises ConditionError, and nothing else, when the condition has no value for some facts.
    Raises ExpressionError when the text is not a condition over this vocabulary.
    """
    condition = _Checker(vocabulary).check(parse_expression(text))
    if condition.type != BOOL:
        raise ExpressionError("type_error", f"a condition is true or false, but this is {condition.type}", 0)
    return condition.run


def compile_part(part: Syntax, vocabulary: Vocabulary) -> Run:
    """Compile a part of a condition, of whatever type.

    Raises ExpressionError when it does not fit this vocabulary.
    """
    return _Checker(vocabulary).check(part).run


class _Checker:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._rules: dict[str, Callable[[Syntax], Compiled]] = {
            "literal": self._literal,
            "list": self._list,
            "name": self._name,
            "call": self._call,
            "index": self._index,
            "unary": self._unary,
            "binary": self._binary,
            "all": self._logic,
            "any": self._logic,
            "choice": self._choice,
        }

    def check(self, node: Syntax) -> Compiled:
        return self._rules[node.kind](node)

    def _literal(self, node: Syntax) -> Compiled:
        return constant(_LITERAL_TYPES[type(node.value)], node.value)

    def _list(self, node: Syntax) -> Compiled:
        items = [self.check(part) for part in node.parts]
        item_type = NOTHING
        for item in items:
            common = unified(item_type, item.type)
            if common is None:
                raise ExpressionError("type_error", "the items of a list must be of one type", node.offset)
            item_type = common
        run = build_list([item.run for item in items])
        if all(item.is_constant for item in items):
            return constant(list_of(item_type), run(None))
        return Compiled(list_of(item_type), run)

    def _name(self, node: Syntax) -> Compiled:
        name = str(node.value)
        if name not in self._vocabulary:
            close = difflib.get_close_matches(name[:100], self._vocabulary, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ExpressionError("unknown_name", f"{name[:64]} is not known here{hint}", node.offset)
        known = self._vocabulary[name]
        return Compiled(known.type, known.read)

    def _call(self, node: Syntax) -> Compiled:
        name = str(node.value)
        if name not in operators.FUNCTIONS:
            raise ExpressionError("unknown_name", f"there is no function {name[:64]}", node.offset)
        parts = [self.check(part) for part in node.parts]
        found = operators.call(name, tuple(part.type for part in parts))
        value_type, function = _fitting(found, node, name, parts)
        if len(parts) == 1:
            return Compiled(value_type, apply_one(function, parts[0].run))
        return Compiled(value_type, apply_two(function, *parts))

    def _index(self, node: Syntax) -> Compiled:
        container, key = [self.check(part) for part in node.parts]
        found = operators.index(container.type, key.type)
        value_type, function = _fitting(found, node, "[ ]", [container, key])
        return Compiled(value_type, apply_two(function, container, key))

    def _unary(self, node: Syntax) -> Compiled:
        operand = self.check(node.parts[0])
        found = operators.unary(str(node.value), operand.type)
        value_type, function = _fitting(found, node, str(node.value), [operand])
        return Compiled(value_type, apply_one(function, operand.run))

    def _binary(self, node: Syntax) -> Compiled:
        left, right = [self.check(part) for part in node.parts]
        found = operators.binary(str(node.value), left.type, right.type)
        value_type, function = _fitting(found, node, str(node.value), [left, right])
        return Compiled(value_type, apply_two(function, left, right))

    def _logic(self, node: Syntax) -> Compiled:
        join = all_of if node.kind == "all" else any_of
        return Compiled(BOOL, join([self._truth(part, str(node.value)) for part in node.parts]))

    def _choice(self, node: Syntax) -> Compiled:
        test = self._truth(node.parts[0], "?:")
        yes, no = [self.check(part) for part in node.parts[1:]]
        value_type = unified(yes.type, no.type)
        if value_type is None:
            raise _misfit(node, "?:", [yes, no])
        return Compiled(value_type, choose(test, yes.run, no.run))

    def _truth(self, node: Syntax, sign: str) -> Run:
        part = self.check(node)
        if part.type != BOOL:
            raise _misfit(node, sign, [part])
        return part.run


def _fitting(
    found: operators.Overload, node: Syntax, sign: str, parts: list[Compiled]
) -> tuple[ValueType, operators.Function]:
    if found is None:
        raise _misfit(node, sign, parts)
    return found


def _misfit(node: Syntax, sign: str, parts: list[Compiled]) -> ExpressionError:
    types = " and ".join(str(part.type) for part in parts)
    return ExpressionError("type_error", f"{sign} does not work on {types}", node.offset)
