"""Redis, which may go away at any time: whoever asks it must be able to go on without.

It is waited for a quarter of a second at most (`CACHES` in the settings), and is then asked no more until it is back.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache as once
from typing import Any, TypeVar

from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisLate

from config.lib.breaker import Breaker

T = TypeVar("T")


def ask_redis(question: Callable[[Redis], T]) -> T | None:
    """The answer to a question; None if Redis is away, is full, or does not understand.

    :param question: asks once; its answer is never None.
    """
    if away.is_open:
        return None
    try:
        return question(get_redis_connection())
    except (RedisAway, RedisLate):
        away.open()
    except RedisError:
        pass
    return None


def run_script(redis: Redis, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
    """Run a Lua script, which Redis knows by its hash after the first time."""
    try:
        return redis.evalsha(_sha(script), len(keys), *keys, *args)
    except NoScriptError:
        return redis.eval(script, len(keys), *keys, *args)


@once
def _sha(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


away = Breaker("Redis", lambda: get_redis_connection().ping())
