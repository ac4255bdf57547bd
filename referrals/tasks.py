"""Doors for Celery: each task is one service call, and running it twice is harmless."""

from celery import shared_task
from django.utils import timezone

from referrals.services.replies import forget_replies


@shared_task
def forget_old_replies() -> None:
    """Delete answers that nobody will ask for again."""
    forget_replies(now=timezone.now())
