"""What is shown to many and changes seldom, kept in Redis: it displays, and never decides.

What is kept carries a version number. A writer raises the number when its transaction has ended, so nobody is shown
what was read before that. If Redis is away just then, or the writer dies between the two, the old is shown until its
time is over; whatever is taken by what was shown is decided by the database.
"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction

from config.lib.redis import ask_redis

NEVER_CHANGED = b"0"


def shown(*, kind: str, merchant_id: int, seconds: int, compute: Callable[[], bytes]) -> bytes:
    """What is kept of a kind, or else what is computed, which is kept from now on.

    :param kind: a word of its own for each thing that is kept.
    :param seconds: how long it is kept at most.
    """
    name = _name(kind, merchant_id)
    version = ask_redis(lambda redis: redis.get(name) or NEVER_CHANGED)
    if not isinstance(version, bytes):
        return compute()
    key = f"{name}:{version.decode()}"
    kept = ask_redis(lambda redis: redis.get(key) or b"")
    if isinstance(kept, bytes) and kept:
        return kept
    body = compute()
    ask_redis(lambda redis: redis.set(key, body, ex=seconds) or False)
    return body


def forget_shown(*, kind: str, merchant_id: int) -> None:
    """Show nothing any more of what was kept, once the transaction that changes it has ended."""
    name = _name(kind, merchant_id)
    transaction.on_commit(lambda: ask_redis(lambda redis: redis.incr(name)))


def _name(kind: str, merchant_id: int) -> str:
    return str(cache.make_key(f"shown:{kind}:{merchant_id}"))
