"""Doors for Celery: each task is one service call, and running it twice is harmless."""

import time

from celery import shared_task
from django.utils import timezone

from fulfillment.services.notifications.noticing import notice_events
from fulfillment.services.notifications.sending import send_due_messages
from fulfillment.services.webhooks.fan_out import fan_out
from fulfillment.services.webhooks.sending import send_due

SLICE_SECONDS = 20


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
