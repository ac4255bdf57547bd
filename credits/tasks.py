"""Doors for Celery: each task is one service call, and running it twice is harmless."""

import time

from celery import shared_task
from django.utils import timezone

from credits.services.reviewing import review_tiers

SLICE_SECONDS = 20


@shared_task
def review_due_tiers(**_newer: object) -> None:
    """Review tiers whose day has come, for at most a slice of time; the next sweep goes on."""
    until = time.monotonic() + SLICE_SECONDS
    while review_tiers(now=timezone.now()) and time.monotonic() < until:
        pass
