"""The caller's own name for a call that moves points: sent again, it has no second effect."""

import hashlib
import json
import re
from dataclasses import dataclass

from django.http import HttpResponse
from rest_framework.request import Request

from config.lib.encryption import keyed_hash
from config.lib.errors import DomainError, Invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyMissing(Invalid):
    """Send an Idempotency-Key of 1 to 255 printable characters."""

    code = "idempotency_key_missing"


class KeyReused(DomainError):
    """This Idempotency-Key was used for something else; take a new one for each call."""

    code = "idempotency_key_reused"
    status = 422


class KeyInUse(DomainError):
    """A call with this Idempotency-Key is under way; ask again in a moment."""

    code = "idempotency_key_in_use"
    retry_after_seconds = 1


@dataclass(frozen=True, slots=True)
class Call:
    """What makes two calls of one caller the same: where they go, their key, and a hash of all that they say."""

    method: str
    route: str
    key: str
    content_hash: bytes

    @property
    def digest(self) -> str:
        """A short name for the method, the route and the key together: 32 hexadecimal digits."""
        named = f"{self.method} {self.route} {self.key}"
        return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was given, and whether it is given again."""

    status: int
    body: bytes
    is_replayed: bool

    def as_response(self) -> HttpResponse:
        """The answer as it is sent; whoever gets it again is told so."""
        headers = {"Cache-Control": "no-store", **({REPLAYED: "true"} if self.is_replayed else {})}
        return HttpResponse(self.body, status=self.status, content_type="application/json", headers=headers)


def idempotency_key(request: Request) -> str:
    """The key that a request carries.

    :raises KeyMissing: if there is none that can be used.
    """
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise KeyMissing
    return key


def call_of(request: Request) -> Call:
    """What is to be done once for a request, whose body must be parsed JSON.

    :raises KeyMissing: if it carries no key that can be used.
    """
    content = json.dumps([request.path, request.data], sort_keys=True).encode()
    return Call(
        method=str(request.method),
        route=getattr(request.resolver_match, "url_name", ""),
        key=idempotency_key(request),
        content_hash=keyed_hash(content),
    )
