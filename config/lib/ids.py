"""Identifiers that leave the house."""

import os
import time
from collections.abc import Iterator
from uuid import UUID

_VERSION_AND_VARIANT = (7 << 76) | (0b10 << 62)
_RANDOM_BYTES = 10


def uuid7() -> UUID:
    """Make a time-ordered identifier (RFC 9562, version 7).

    Made in Python, because PostgreSQL learned `uuidv7()` only in version 18 and older servers are supported.
    """
    return UUID(int=_number(os.urandom(_RANDOM_BYTES)))


def uuid7_texts(count: int) -> Iterator[str]:
    """The same, as 32 hexadecimal digits: for rows that are written by the thousand."""
    random = memoryview(os.urandom(_RANDOM_BYTES * count))
    return (f"{_number(random[at : at + _RANDOM_BYTES]):032x}" for at in range(0, len(random), _RANDOM_BYTES))


def _number(random: bytes | memoryview) -> int:
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(random, "big")
    rand_a, rand_b = random_bits >> 68, random_bits & ((1 << 62) - 1)
    return (milliseconds << 80) | (rand_a << 64) | rand_b | _VERSION_AND_VARIANT
