"""Doors for Celery: each task is one service call after another until nothing is due, and twice is harmless."""

import time

from celery import shared_task
from django.utils import timezone

from config.lib.nudges import has_begun, wake_once
from fulfillment.services.appointments import remind_next
from fulfillment.services.dispatch import dispatch_next
from fulfillment.services.granted import call_off_revoked, open_for_grants
from fulfillment.services.notifications.noticing import notice_events
from fulfillment.services.notifications.sending import send_due_messages
from fulfillment.services.shopify import redact_shops
from fulfillment.services.webhooks.fan_out import fan_out
from fulfillment.services.webhooks.sending import send_due

SLICE_SECONDS = 20


@shared_task
def deliver_pending(**_newer: object) -> None:
    """Open what was granted, call off what was taken back, give jobs to technicians, and remind."""
    has_begun(deliver_pending)
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


@shared_task
def forget_shops() -> None:
    """Forget the customers of shops that asked for it, for at most a slice of time; the next sweep goes on."""
    redact_shops(now=timezone.now(), seconds=SLICE_SECONDS)


def nudge() -> None:
    """Have what is due delivered."""
    wake_once(deliver_pending)
