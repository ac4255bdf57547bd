"""Doors for Celery: each task is one service call, and running it twice is harmless."""

import time

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from rewards.services.evaluation.run import BATCH_SIZE, evaluate_due
from rewards.services.refunds import adopt_refunds

NUDGED = "nudged:evaluate"
NUDGE_SECONDS = 5
SLICE_SECONDS = 20


@shared_task
def evaluate_pending(**_newer: object) -> None:
    """Work off what is due, for at most a slice of time; a full batch calls for another pair of hands."""
    cache.delete(NUDGED)
    adopt_refunds(now=timezone.now())
    until = time.monotonic() + SLICE_SECONDS
    while (claimed := evaluate_due(now=timezone.now())) and time.monotonic() < until:
        if claimed >= BATCH_SIZE:
            nudge()


def nudge() -> None:
    """Wake a worker, unless one was woken already and has not begun; never fails, for beat covers a lost nudge."""
    try:
        if cache.add(NUDGED, 1, timeout=NUDGE_SECONDS):
            evaluate_pending.delay()
    except (ConnectionInterrupted, RedisError, OSError, evaluate_pending.OperationalError):
        pass
