"""The keys by which other systems come in: making, finding and revoking them.

A key is looked up at most every five seconds in each process. Reading credits is the most frequent call of all,
and a row read for the key alone would double its cost; five seconds is what a revoked key may live on. While
PostgreSQL is away, a key that this process knew to be good stays good for an hour: that it was revoked meanwhile
cannot be known.
"""

import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from config.lib.encryption import keyed_hash
from referrals.models.api_keys import ApiKey, Scope
from referrals.models.merchants import Merchant

REMEMBERED_SECONDS = 5.0
REMEMBERED_KEYS = 1_000
GOOD_WITHOUT_DATABASE_SECONDS = 3600.0

_remembered: dict[bytes, tuple[float, ApiKey | None]] = {}
_last_good: dict[bytes, tuple[float, ApiKey]] = {}


def issue_api_key(
    *,
    merchant: Merchant,
    name: str,
    scopes: Collection[Scope] = tuple(Scope),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; the secret is returned this once and is not kept.

    :returns: the row, and the token that the other system sends as `Authorization: Bearer <token>`.
    """
    prefix = f"gv_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(24)}"
    key = ApiKey.objects.create(
        merchant=merchant,
        name=name,
        prefix=prefix,
        secret_hash=keyed_hash(token.encode()),
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    return key, token


def revoke_api_key(*, key: ApiKey, now: datetime) -> None:
    """End a key; it is refused everywhere within five seconds."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now)


def key_in_force(token: str) -> ApiKey | None:
    """The key of a token, with its merchant; None if there is none, or it is revoked or over.

    :raises OperationalError: if PostgreSQL is away, and the key was not good within the last hour.
    """
    if not token:
        return None
    digest = keyed_hash(token.encode())
    now = time.monotonic()
    looked_up_at, key = _remembered.get(digest, (-REMEMBERED_SECONDS, None))
    if now - looked_up_at < REMEMBERED_SECONDS:
        return key
    try:
        key = _look_up(digest)
    except (OperationalError, InterfaceError):
        if (key := _good_lately(digest, now)) is None:
            raise
        return key
    _remember(digest, key, now)
    return key


def forget_keys() -> None:
    """Look every key up again at its next use."""
    _remembered.clear()
    _last_good.clear()


def _remember(digest: bytes, key: ApiKey | None, now: float) -> None:
    if len(_remembered) >= REMEMBERED_KEYS:
        _remembered.clear()
    _remembered[digest] = now, key
    if key is None:
        _last_good.pop(digest, None)
    else:
        _last_good[digest] = now, key


def _good_lately(digest: bytes, now: float) -> ApiKey | None:
    """The key as it was when PostgreSQL was last asked, unless that was too long ago or it is over since."""
    good_at, key = _last_good.get(digest, (0.0, None))
    if key is None or now - good_at >= GOOD_WITHOUT_DATABASE_SECONDS:
        return None
    return key if key.expires_at is None or key.expires_at > datetime.now(UTC) else None


def _look_up(digest: bytes) -> ApiKey | None:
    is_current = Q(expires_at__isnull=True) | Q(expires_at__gt=datetime.now(UTC))
    keys = ApiKey.objects.filter(is_current, secret_hash=digest, revoked_at__isnull=True)
    return keys.select_related("merchant").first()
