"""Reading query strings: each parameter once, and strictly; parameters that nobody asks for are ignored."""

import re
from collections.abc import Collection

from django.core import signing
from django.http import HttpRequest
from rest_framework.request import Request

from config.lib.errors import Invalid

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_SALT = "cursor"


class QueryInvalid(Invalid):
    """A parameter in the query string cannot be accepted."""

    code = "invalid_parameter"


def whole_number(request: Request | HttpRequest, name: str, *, default: int, low: int, high: int) -> int:
    """A number from a query string.

    :raises QueryInvalid: if it is no number from `low` to `high`.
    """
    text = _only(request, name)
    if text is None:
        return default
    if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
        raise QueryInvalid(f"'{name}' must be a number from {low} to {high}.")
    return int(text)


def choice(request: Request | HttpRequest, name: str, *, options: Collection[str], default: str) -> str:
    """One of several words from a query string.

    :raises QueryInvalid: if it is none of `options`.
    """
    text = _only(request, name)
    if text is not None and text not in options:
        raise QueryInvalid(f"'{name}' must be one of: {', '.join(options)}.")
    return default if text is None else text


def write_cursor(place: int, *, of: str) -> str:
    """The way to what comes after a place in a list; it is signed, and leads nowhere in any other list.

    :param of: which list, and whose.
    """
    return signing.dumps([of, place], salt=_SALT)


def read_cursor(request: Request | HttpRequest, *, of: str) -> int | None:
    """The place that the cursor in a query string leads to; None: the beginning.

    :raises QueryInvalid: if it is not a cursor that this list gave out.
    """
    text = _only(request, "cursor")
    if text is None:
        return None
    try:
        list_, place = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        list_, place = None, 0
    if list_ != of:
        raise QueryInvalid("'cursor' must be one that this list gave out.")
    return int(place)


def _only(request: Request | HttpRequest, name: str) -> str | None:
    values = request.GET.getlist(name)
    if len(values) > 1:
        raise QueryInvalid(f"'{name}' is given more than once.")
    return values[0] if values else None
