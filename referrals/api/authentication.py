"""Who is calling: an API key is looked up at most every five seconds in each process.

Reading credits is the most frequent call of all, and a row read for the key alone would double its cost;
five seconds is what a revoked key may live on.
"""

import time
from datetime import UTC, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from config.lib.encryption import keyed_hash
from referrals.models.api_keys import ApiKey

REMEMBERED_SECONDS = 5.0
REMEMBERED_KEYS = 1_000

_remembered: dict[bytes, tuple[float, ApiKey | None]] = {}


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key that a request carries in `Authorization: Bearer`, with its merchant; None if it is not valid."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    digest = keyed_hash(token.strip().encode())
    now = time.monotonic()
    looked_up_at, key = _remembered.get(digest, (-REMEMBERED_SECONDS, None))
    if now - looked_up_at >= REMEMBERED_SECONDS:
        key = _look_up(digest)
        if len(_remembered) >= REMEMBERED_KEYS:
            _remembered.clear()
        _remembered[digest] = (now, key)
    return key


def forget_keys() -> None:
    """Look every key up again at its next use."""
    _remembered.clear()


def _look_up(digest: bytes) -> ApiKey | None:
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=datetime.now(UTC))
    return (
        ApiKey.objects.filter(in_force, secret_hash=digest, revoked_at__isnull=True).select_related("merchant").first()
    )


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the key names the merchant."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey]:
        """Find the key.

        :raises AuthenticationFailed: without a valid one; every endpoint needs it.
        """
        key = key_of(request._request)
        if key is None:
            raise AuthenticationFailed("Send a valid API key as 'Authorization: Bearer <key>'.")
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="grapevine"'
