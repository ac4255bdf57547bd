"""Doors for Celery: each task is one service call, and running it twice is harmless."""

from celery import shared_task
from django.utils import timezone

from referrals.models.merchants import Merchant
from referrals.services.expiring import expire_referrals
from referrals.services.replies import forget_replies
from referrals.services.rfm import recompute_rfm


@shared_task
def forget_old_replies() -> None:
    """Delete answers that nobody will ask for again."""
    forget_replies(now=timezone.now())


@shared_task
def expire_late_referrals() -> None:
    """Let referrals expire whose friends have not bought enough in time."""
    while expire_referrals(now=timezone.now()):
        pass


@shared_task
def recompute_every_rfm() -> None:
    """Compare the customers of each merchant by what they buy."""
    for merchant in Merchant.objects.order_by("id"):
        recompute_rfm(merchant=merchant, now=timezone.now())
