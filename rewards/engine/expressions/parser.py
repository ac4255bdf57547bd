"""Reads tokens into a tree, by CEL's grammar.

Expression = Or ["?" Or ":" Expression]
Or         = And {"||" And}
And        = Relation {"&&" Relation}
Relation   = Sum {("<" | "<=" | ">=" | ">" | "==" | "!=" | "in") Sum}
Sum        = Product {("+" | "-") Product}
Product    = Unary {("*" | "/" | "%") Unary}
Unary      = Member | "!" {"!"} Member | "-" {"-"} Member
Member     = Primary {"." word ["(" Expression ")"] | "[" Expression "]"}
Primary    = word ["(" Expression ")"] | "(" Expression ")" | "[" [Expression {"," Expression}] "]" | literal
"""

from rewards.engine.expressions.errors import ExpressionError
from rewards.engine.expressions.lexer import Token, tokenize
from rewards.engine.expressions.literals import WORDS, decimal_number, text_value, whole_number
from rewards.engine.expressions.syntax import DEPTH_MAX, Syntax, refuse_deep

# How tightly an operator binds; all of them are left-associative.
_BINDING = {
    **dict.fromkeys(("<", "<=", ">=", ">", "==", "!=", "in"), 1),
    **dict.fromkeys(("+", "-"), 2),
    **dict.fromkeys(("*", "/", "%"), 3),
}


def parse_expression(text: str) -> Syntax:
    """Return the tree of a condition.

    Raises ExpressionError when the text is not an expression, or too long or too deep for one.
    """
    tree = _Parser(tokenize(text)).whole()
    refuse_deep(tree)
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def whole(self) -> Syntax:
        tree = self._expression()
        if self._token.kind != "end":
            raise self._unexpected()
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._position]

    def _unexpected(self) -> ExpressionError:
        found = f"{self._token.text[:20]} is not expected here" if self._token.text else "the condition ends too early"
        return ExpressionError("syntax", found, self._token.offset)

    def _next(self) -> Token:
        token = self._token
        self._position += 1
        return token

    def _sees(self, *texts: str) -> bool:
        return self._token.kind in ("sign", "word") and self._token.text in texts

    def _take(self, text: str) -> Token:
        if not self._sees(text):
            raise self._unexpected()
        return self._next()

    def _expression(self) -> Syntax:
        # Parentheses leave no trace in the tree, so the recursion of the parser needs a bound of its own.
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise ExpressionError("too_deep", f"a condition is at most {DEPTH_MAX} levels deep", self._token.offset)
        tree = self._or()
        if self._sees("?"):
            offset = self._next().offset
            yes = self._or()
            self._take(":")
            tree = Syntax("choice", offset, None, (tree, yes, self._expression()))
        self._depth -= 1
        return tree

    def _or(self) -> Syntax:
        parts = [self._and()]
        offset = self._token.offset
        while self._sees("||"):
            self._next()
            parts.append(self._and())
        return Syntax("any", offset, "||", tuple(parts)) if len(parts) > 1 else parts[0]

    def _and(self) -> Syntax:
        parts = [self._binary(1)]
        offset = self._token.offset
        while self._sees("&&"):
            self._next()
            parts.append(self._binary(1))
        return Syntax("all", offset, "&&", tuple(parts)) if len(parts) > 1 else parts[0]

    def _binary(self, loosest: int) -> Syntax:
        tree = self._unary()
        while self._sees(*_BINDING) and _BINDING[self._token.text] >= loosest:
            sign = self._next()
            right = self._binary(_BINDING[sign.text] + 1)
            tree = Syntax("binary", sign.offset, sign.text, (tree, right))
        return tree

    def _unary(self) -> Syntax:
        signs: list[Token] = []
        while self._sees("!", "-") and (not signs or self._token.text == signs[0].text):
            signs.append(self._next())
        if signs and signs[-1].text == "-" and self._token.kind == "int":
            # The sign belongs to the number, or -9223372036854775808 could not be written.
            sign, number = signs.pop(), self._next()
            tree = Syntax("literal", sign.offset, whole_number(number, negative=True))
        else:
            tree = self._member()
        for sign in reversed(signs):
            tree = Syntax("unary", sign.offset, sign.text, (tree,))
        return tree

    def _member(self) -> Syntax:
        tree = self._primary()
        while self._sees(".", "["):
            sign = self._next()
            if sign.text == "[":
                tree = Syntax("index", sign.offset, None, (tree, self._expression()))
                self._take("]")
            else:
                tree = self._after_dot(tree, sign)
        return tree

    def _after_dot(self, tree: Syntax, dot: Token) -> Syntax:
        if self._token.kind != "word":
            raise self._unexpected()
        word = self._next()
        if self._sees("("):
            return Syntax("call", word.offset, f".{word.text}", (tree, self._argument()))
        if tree.kind != "name":
            raise ExpressionError("syntax", "only a name has members", dot.offset)
        return Syntax("name", tree.offset, f"{tree.value}.{word.text}")

    def _argument(self) -> Syntax:
        self._take("(")
        tree = self._expression()
        self._take(")")
        return tree

    def _primary(self) -> Syntax:
        token = self._token
        if self._sees("("):
            return self._argument()
        if self._sees("["):
            return self._list()
        if token.kind == "word" and token.text != "in":
            return self._word(self._next())
        if token.kind == "int":
            return Syntax("literal", token.offset, whole_number(self._next()))
        if token.kind == "decimal":
            return Syntax("literal", token.offset, decimal_number(self._next()))
        if token.kind == "string":
            return Syntax("literal", token.offset, text_value(self._next()))
        raise self._unexpected()

    def _word(self, word: Token) -> Syntax:
        if word.text in WORDS:
            return Syntax("literal", word.offset, WORDS[word.text])
        if self._sees("("):
            return Syntax("call", word.offset, word.text, (self._argument(),))
        return Syntax("name", word.offset, word.text)

    def _list(self) -> Syntax:
        offset = self._take("[").offset
        items: list[Syntax] = []
        while not self._sees("]"):
            if items:
                self._take(",")
            items.append(self._expression())
        self._take("]")
        return Syntax("list", offset, None, tuple(items))
