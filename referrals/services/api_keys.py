"""The keys by which other systems come in: making, finding and revoking them.

A key is looked up at most every five seconds in each process. Reading credits is the most frequent call of all,
and a row read for the key alone would double its cost; five seconds is what a revoked key may live on.
"""

import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime

from django.db.models import Q

from config.lib.encryption import keyed_hash
from referrals.models.api_keys import ApiKey, Scope
from referrals.models.merchants import Merchant

REMEMBERED_SECONDS = 5.0
REMEMBERED_KEYS = 1_000

_remembered: dict[bytes, tuple[float, ApiKey | None]] = {}


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
    """The key of a token, with its merchant; None if there is none, or it is revoked or over."""
    if not token:
        return None
    digest = keyed_hash(token.encode())
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
    is_current = Q(expires_at__isnull=True) | Q(expires_at__gt=datetime.now(UTC))
    keys = ApiKey.objects.filter(is_current, secret_hash=digest, revoked_at__isnull=True)
    return keys.select_related("merchant").first()
