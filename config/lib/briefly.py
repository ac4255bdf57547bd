"""What is shown often and seldom changes, kept for a few seconds in each process: it displays, and never decides."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakSet

K = TypeVar("K")
V = TypeVar("V")

KEPT_SECONDS = 5.0
KEPT_KEYS = 1_000

_all: "WeakSet[Briefly[object, object]]" = WeakSet()


class Briefly(Generic[K, V]):
    """Reads by a key, and gives what it read for the next five seconds; what is not there (None) is asked for again.

    :param read: what reads it.
    """

    def __init__(self, read: Callable[[K], V | None]) -> None:
        self._read = read
        self._kept: dict[K, tuple[float, V]] = {}
        _all.add(self)  # type: ignore[arg-type]  # It is only ever told to forget.

    def __call__(self, key: K) -> V | None:
        """What there is by this key."""
        now = time.monotonic()
        read_at, value = self._kept.get(key, (0.0, None))
        if value is None or now - read_at >= KEPT_SECONDS:
            value = self._read(key)
            if value is not None:
                if len(self._kept) >= KEPT_KEYS:
                    self._kept.clear()
                self._kept[key] = (now, value)
        return value

    def forget(self) -> None:
        """Read everything again at the next use."""
        self._kept.clear()


def forget_what_is_shown() -> None:
    """Let everything that is kept be read again at its next use."""
    for each in _all:
        each.forget()
