"""Doors for Celery: each task is one service call after another until nothing is due, and twice is harmless."""

import time

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from config.lib.redis import ask_redis
from fulfillment.services.appointments import remind_next
from fulfillment.services.dispatch import dispatch_next
from fulfillment.services.granted import call_off_revoked, open_for_grants
from fulfillment.services.notifications.noticing import notice_events
from fulfillment.services.notifications.sending import send_due_messages
from fulfillment.services.webhooks.fan_out import fan_out
from fulfillment.services.webhooks.sending import send_due
from rewards.tasks import broker_away

NUDGED = "nudged:deliver"
NUDGE_SECONDS = 5
SLICE_SECONDS = 20


@shared_task
def deliver_pending(**_newer: object) -> None:
    """Open what was granted, call off what was taken back, give jobs to technicians, and remind."""
    ask_redis(lambda redis: redis.delete(cache.make_key(NUDGED)))
    now = timezone.now()
    last: int | None = 0
    while last is not None:
        last = open_for_grants(now=now, after=last)
    call_off_revoked(now=now)
    while dispatch_next(now=now) is not None:
        pass
    while remind_next(now=now):
        pass


@shared_task
def read_events() -> None:
    """Make deliveries and notifications of what happened."""
    while fan_out(now=timezone.now()):
        pass
    while notice_events(now=timezone.now()):
        pass


@shared_task
def send_webhooks() -> None:
    """Post what is due, for at most a slice of time; the next sweep goes on."""
    send_due(clock=timezone.now, seconds=SLICE_SECONDS)


@shared_task
def send_messages() -> None:
    """Send e-mails and their like, for at most a slice of time; the next sweep goes on."""
    until = time.monotonic() + SLICE_SECONDS
    while send_due_messages(now=timezone.now()) and time.monotonic() < until:
        pass


def nudge() -> None:
    """Wake a worker, unless one was woken already and has not begun; never fails, for beat covers a lost nudge."""
    is_first = ask_redis(lambda redis: redis.set(cache.make_key(NUDGED), 1, nx=True, ex=NUDGE_SECONDS) or False)
    if not is_first or broker_away.is_open:
        return
    try:
        deliver_pending.delay()
    except (RedisError, OSError, deliver_pending.OperationalError):
        broker_away.open()
