"""The caller's own name for a call that moves points: sent again, it has no second effect."""

import re

from rest_framework.request import Request

from config.lib.errors import Invalid

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyMissing(Invalid):
    """Send an Idempotency-Key of 1 to 255 printable characters."""

    code = "idempotency_key_missing"


def idempotency_key(request: Request) -> str:
    """The key that a request carries.

    :raises KeyMissing: if there is none that can be used.
    """
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise KeyMissing
    return key
