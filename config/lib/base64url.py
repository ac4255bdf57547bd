"""base64url without padding, as browsers and signed tokens write bytes (RFC 4648, section 5)."""

import base64


def encode(content: bytes) -> str:
    """Bytes as text."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of a text, with padding or without.

    :raises ValueError: if it is no such text.
    """
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
