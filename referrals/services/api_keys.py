"""Making and revoking the keys by which other systems come in."""

import secrets
from collections.abc import Collection
from datetime import datetime

from config.lib.encryption import keyed_hash
from referrals.models.api_keys import ApiKey, Scope
from referrals.models.merchants import Merchant


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
