"""Cuts the text of a condition into tokens."""

import re
from dataclasses import dataclass

from rewards.engine.expressions.errors import ExpressionError

LENGTH_MAX = 2000
TOKENS_MAX = 500

# Every alternative is decided by its first characters, so matching is linear in the length of the text.
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<decimal>[0-9]+\.[0-9]+(?![0-9A-Za-z_.]))
    |(?P<int>[0-9]+(?![0-9A-Za-z_]))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<string>"(?:[^"\\\x00-\x1f\x7f\ud800-\udfff]|\\.)*"|'(?:[^'\\\x00-\x1f\x7f\ud800-\udfff]|\\.)*')
    |(?P<sign>&&|\|\||==|!=|<=|>=|[<>!+\-*/%?:().,\[\]])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: `kind` is decimal, int, word, string, sign or end."""

    kind: str
    text: str
    offset: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a condition, the last one of kind `end`.

    Raises ExpressionError when the text is longer than 2,000 characters or 500 tokens, or has a character
    that no token begins with.
    """
    if len(text) > LENGTH_MAX:
        raise ExpressionError("too_long", f"a condition has at most {LENGTH_MAX} characters", LENGTH_MAX)
    tokens: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None or match.lastgroup is None:
            raise ExpressionError("syntax", "this cannot be read", offset)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup, match.group(), offset))
        if len(tokens) > TOKENS_MAX:
            raise ExpressionError("too_long", f"a condition has at most {TOKENS_MAX} words and signs", offset)
        offset = match.end()
    tokens.append(Token("end", "", len(text)))
    return tokens
