"""The epoch in which a snapshot of credits was made: as long as it lasts, no write has gone past the snapshots."""

import time

from django.db import InterfaceError, OperationalError

from config.lib.prepared import execute_prepared
from config.lib.redis import ask_redis

REMEMBERED_SECONDS = 5.0
NO_EPOCH = ""
_UNMARKED = "SELECT count(*), coalesce(max(id), 0) FROM credits_unmarkedwrite"

_remembered: tuple[float, str] = (0.0, NO_EPOCH)


def snapshot_epoch() -> str:
    """The present epoch: this very Redis, and so many writes of which it has no mark.

    Asked for at most every five seconds in each process.

    :returns: its name; `NO_EPOCH` while PostgreSQL or Redis is away.
    """
    global _remembered  # noqa: PLW0603 (what a process remembers)
    asked_at, epoch = _remembered
    if time.monotonic() - asked_at >= REMEMBERED_SECONDS:
        epoch = _ask()
        _remembered = (time.monotonic(), epoch)
    return epoch


def forget_epoch() -> None:
    """Ask for the epoch anew at the next use."""
    global _remembered  # noqa: PLW0603 (what a process remembers)
    _remembered = (0.0, NO_EPOCH)


def _ask() -> str:
    run = ask_redis(lambda redis: redis.info("server")["run_id"])
    try:
        ((count, last),) = execute_prepared(_UNMARKED, [])
    except (OperationalError, InterfaceError):
        return NO_EPOCH
    return f"{run}.{count}.{last}" if run else NO_EPOCH
