"""Waking workers: requests do it, so it never fails, and waits for a broker that hangs only once.

The row is the queue. A nudge that is lost costs a few seconds, until the next sweep of beat.
"""

from typing import Any

from celery import Task, current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.lib.breaker import Breaker
from config.lib.redis import ask_redis

NUDGED_SECONDS = 5


def wake(task: Task[..., Any]) -> None:
    """Wake a worker for a task."""
    if broker_away.is_open:
        return
    try:
        task.delay()
    except (RedisError, OSError, OperationalError):
        broker_away.open()


def wake_once(task: Task[..., Any]) -> None:
    """Wake a worker, unless one was woken already and has not begun."""
    if ask_redis(lambda redis: redis.set(nudge_key(task), 1, nx=True, ex=NUDGED_SECONDS) or False):
        wake(task)


def has_begun(task: Task[..., Any]) -> None:
    """A worker begins: whoever comes from now on wakes another."""
    ask_redis(lambda redis: redis.delete(nudge_key(task)))


def nudge_key(task: Task[..., Any]) -> str:
    """By what Redis knows that a worker was woken."""
    return str(cache.make_key(f"nudged:{task.name}"))


def _open_channel() -> None:
    with current_app.connection_for_write() as broker:
        broker.channel()


broker_away = Breaker("The broker", _open_channel)
