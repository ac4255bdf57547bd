"""Personal data at rest: encrypted text, and keyed hashes by which it can be looked up."""

import hashlib
import unicodedata
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current_cipher() -> MultiFernet:
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # a generic only for the stubs
    """Text that is stored encrypted; the empty string is stored as no bytes.

    The first of `FIELD_ENCRYPTION_KEYS` encrypts, all of them decrypt, so that keys can be rotated.
    """

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "bytea"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypt on the way to the database."""
        return connection.Database.Binary(encrypt(value))

    def from_db_value(self, value: Any, expression: object, connection: object) -> str:
        """Decrypt on the way from the database."""
        return decrypt(bytes(value or b""))


class EncryptedBytesField(models.BinaryField):  # type: ignore[type-arg]  # as above
    """The same for bytes, such as those of a picture."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypt on the way to the database."""
        return connection.Database.Binary(_current_cipher().encrypt(bytes(value)))

    def from_db_value(self, value: Any, expression: object, connection: object) -> bytes:
        """Decrypt on the way from the database."""
        return _current_cipher().decrypt(bytes(value))


def encrypt(text: str) -> bytes:
    """Encrypt `text` for storage; the empty string gives no bytes."""
    return _current_cipher().encrypt(text.encode()) if text else b""


def decrypt(stored: bytes) -> str:
    """Read what `encrypt` stored."""
    return _current_cipher().decrypt(stored).decode() if stored else ""


def renew(stored: bytes) -> bytes:
    """The same text encrypted with the first of the keys; what already is stays as it is.

    :raises InvalidToken: if none of the keys reads it.
    """
    if not stored:
        return stored
    try:
        _cipher((settings.FIELD_ENCRYPTION_KEYS[0],)).decrypt(stored)
    except InvalidToken:
        return _current_cipher().rotate(stored)
    return stored


def lookup_hash(text: str) -> bytes | None:
    """A keyed hash by which `text` is found again (32 bytes), or None for empty text."""
    folded = fold(text)
    return keyed_hash(folded.encode()) if folded else None


def fold(text: str) -> str:
    """A text without what does not count in it, letters' case and compatibility forms: one address is one text."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def purpose_hashes(purpose: str, text: str) -> list[bytes]:
    """Keyed hashes of `text` that serve one purpose only, and cannot be matched with those that serve another.

    They can outlive the text, which nobody can hash anew when the key changes: the first is by the present key, the
    others by the earlier ones.
    """
    keys = [settings.LOOKUP_HASH_KEY, *settings.LOOKUP_HASH_KEY_FALLBACKS]
    return [_keyed_with(key, f"{purpose}\n{fold(text)}".encode()) for key in keys]


def keyed_hash(content: bytes) -> bytes:
    """A keyed hash of `content` (BLAKE2b, 32 bytes); without the key nothing can be guessed from it."""
    return _keyed_with(settings.LOOKUP_HASH_KEY, content)


def _keyed_with(key: str, content: bytes) -> bytes:
    keyed = _keyed(key).copy()
    keyed.update(content)
    return keyed.digest()


@lru_cache(maxsize=4)
def _keyed(key: str) -> "hashlib.blake2b":
    return hashlib.blake2b(key=bytes.fromhex(key), digest_size=32)
