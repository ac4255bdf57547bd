"""Signatures that receivers can verify with any library for Standard Webhooks (standardwebhooks.com, 1.0)."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as receivers paste it into their library."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(*, message_id: UUID, body: bytes, keys: Iterable[str], now: datetime) -> dict[str, str]:
    """The headers that go with a body.

    :param keys: the secrets in force; each signs, so that a receiver that knows one of them is content.
    """
    at = int(now.timestamp())
    content = b"%s.%d." % (str(message_id).encode(), at) + body
    return {
        "Content-Type": "application/json",
        "User-Agent": "Grapevine-Webhooks/1",
        "webhook-id": str(message_id),
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(_signature(key, content) for key in keys),
    }


def _signature(key: str, content: bytes) -> str:
    digest = hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), content, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
