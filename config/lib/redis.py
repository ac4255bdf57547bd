"""Redis, which may go away at any time: whoever asks it must be able to go on without.

It is waited for a quarter of a second at most (`CACHES` in the settings), and is then asked no more until it is back.
"""

from collections.abc import Callable
from typing import TypeVar

from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
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


away = Breaker("Redis", lambda: get_redis_connection().ping())
