"""JSON without surprises: what two readers could understand differently is refused.

Refused are duplicate keys, NaN and infinities, numbers beyond range, nesting deeper than 32, NUL and lone
surrogates in strings, a byte-order mark, and anything that is not UTF-8.
"""

import json
import math
from collections.abc import Mapping
from itertools import accumulate
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

DEPTH_MAX = 32
KEYS_MAX = 1_000
DIGITS_MAX = 100
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class TooLarge(APIException):
    """The body is larger than the largest that is read."""

    status_code = 413
    default_detail = "The body is too large."
    default_code = "body_too_large"


class StrictJsonParser(BaseParser):
    """Parses a request's body; every refusal is a 400, 413 or 415 with a sentence."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Read the body of a request.

        :raises ParseError: if it is not strict JSON.
        """
        headers = (parser_context or {})["request"].META
        if headers.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
            raise UnsupportedMediaType("encoded", detail="Send the body without a Content-Encoding.")
        if int(headers.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return loads(stream.read())
        except ValueError as error:
            raise ParseError(f"The body is not JSON that can be read: {error}") from None


def loads(body: bytes) -> Any:
    """Read strict JSON.

    :raises ValueError: naming what is wrong with it.
    """
    if _depth(body) > DEPTH_MAX:
        raise ValueError(f"nested deeper than {DEPTH_MAX} levels")
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos}") from None
    if b"\\u" in body:
        _refuse_unstorable(value)
    return value


def _depth(body: bytes) -> int:
    # Without escapes every second piece between quotes is outside of strings. What is no JSON may come out wrong from
    # its first mistake on, where reading it ends.
    pieces = body.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')
    brackets = b"".join(pieces[::2]).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    if len(result) > KEYS_MAX:
        raise ValueError(f"an object has more than {KEYS_MAX} keys")
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ValueError(f"a number has more than {DIGITS_MAX} digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _refuse_unstorable(value: Any) -> None:
    """Escapes can spell what no text may hold: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("a string holds NUL or a lone surrogate")
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(item)
