"""Doors for Celery: each task is one service call, and running it twice is harmless."""

from celery import shared_task
from django.utils import timezone

from credits.services.sweeping import notify_expiring, settle_due


@shared_task
def settle_accounts() -> None:
    """Post what has lapsed, and let become spendable what was pending."""
    settle_due(now=timezone.now())


@shared_task
def announce_expiry() -> None:
    """Tell customers whose points will lapse."""
    notify_expiring(now=timezone.now())
