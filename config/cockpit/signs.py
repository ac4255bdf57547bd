"""Signs of life: when workers were last seen, and how the last proof of the books went.

They lie in Redis, which may forget them: then nothing is known until the next one.
"""

from datetime import datetime
from typing import Any

import msgspec
from django.core.cache import cache

from config.lib.redis import ask_redis

WORKERS = ("worker", "outbound")
"""The kinds of workers, by the queue that they read."""


class Proof(msgspec.Struct, frozen=True):
    """How a run of verify_ledger went; `violations` is the number of rows that break a rule."""

    checked_at: datetime
    is_ok: bool
    seconds: float
    violations: int


def beat_heart(*, who: str, now: datetime) -> None:
    """Write down that workers of a kind are there."""
    ask_redis(lambda redis: redis.set(_key(f"heart:{who}"), now.isoformat()) or False)


def last_heartbeat(who: str) -> datetime | None:
    """When workers of a kind were last seen; None if nobody knows."""
    told: Any = ask_redis(lambda redis: redis.get(_key(f"heart:{who}")) or b"")
    return datetime.fromisoformat(told.decode()) if told else None


def record_proof(proof: Proof) -> None:
    """Write down how a proof went."""
    ask_redis(lambda redis: redis.set(_key("proof"), msgspec.json.encode(proof)) or False)


def last_proof() -> Proof | None:
    """How the last proof went; None if nobody knows."""
    told = ask_redis(lambda redis: redis.get(_key("proof")) or b"")
    return msgspec.json.decode(told, type=Proof) if told else None


def _key(name: str) -> str:
    return str(cache.make_key(f"signs:{name}"))
