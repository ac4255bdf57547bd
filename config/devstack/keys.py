"""The secrets of a development or test set-up: made at random, never written into code."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from config.devstack.errors import CannotStart


@dataclass(frozen=True)
class Keys:
    """The three secrets that the settings ask for.

    Attributes:
        secret_key: Django's, at least 50 characters.
        field_encryption_keys: Fernet keys (URL-safe base64 of 32 bytes); the first one encrypts.
        lookup_hash_key: 64 hexadecimal digits.
    """

    secret_key: str
    field_encryption_keys: list[str]
    lookup_hash_key: str

    def variables(self) -> dict[str, str]:
        """Return them as the settings read them from the environment."""
        return {
            "SECRET_KEY": self.secret_key,
            "FIELD_ENCRYPTION_KEYS": ",".join(self.field_encryption_keys),
            "LOOKUP_HASH_KEY": self.lookup_hash_key,
        }


def fresh() -> Keys:
    """Return new random keys."""
    return Keys(
        secret_key=secrets.token_urlsafe(64),
        field_encryption_keys=[base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()],
        lookup_hash_key=secrets.token_hex(32),
    )


def lasting(home: Path) -> Keys:
    """Return the keys of this checkout's demo, made the first time they are asked for.

    Args:
        home: the folder that keeps them, in `secrets.json`, which only its owner can read.

    Raises:
        CannotStart: when the file is there but is not ours to understand. It is never replaced: what the
            demo encrypted with the old keys would be lost.
    """
    file = home / "secrets.json"
    if not file.exists():
        _create_once(file)
    try:
        return _parsed(json.loads(file.read_text()))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise CannotStart(
            f"{file} cannot be used ({error!r}). Restore it, or start afresh with `make clean-demo`."
        ) from error


def _parsed(data: Mapping[str, object]) -> Keys:
    listed = data["field_encryption_keys"]
    if not isinstance(listed, list):
        raise TypeError("field_encryption_keys is not a list")
    return Keys(str(data["secret_key"]), [str(key) for key in listed], str(data["lookup_hash_key"]))


def _create_once(file: Path) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(fresh()), indent=2))
    try:
        # Linking fails when two commands start at once and the other one was first: its keys count.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
