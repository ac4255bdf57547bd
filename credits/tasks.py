"""Doors for Celery: each task is one service call, and running it twice is harmless."""

import time

from celery import shared_task
from django.utils import timezone

from credits.services.reviewing import review_tiers
from credits.services.sweeping import notify_expiring, settle_due

SLICE_SECONDS = 20


@shared_task
def settle_accounts() -> None:
    """Post what has lapsed, and let become spendable what was pending."""
    settle_due(now=timezone.now())


@shared_task
def announce_expiry() -> None:
    """Tell customers whose points will lapse."""
    notify_expiring(now=timezone.now())


@shared_task
def review_due_tiers() -> None:
    """Review tiers whose day has come, for at most a slice of time; the next sweep goes on."""
    until = time.monotonic() + SLICE_SECONDS
    while review_tiers(now=timezone.now()) and time.monotonic() < until:
        pass
