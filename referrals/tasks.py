"""Doors for Celery: each task is one service call, and running it twice is harmless."""

import time

from celery import shared_task
from django.utils import timezone

from config.lib.nudges import wake
from referrals.models.merchants import Merchant
from referrals.services.click_retention import forget_clicks
from referrals.services.expiring import expire_referrals
from referrals.services.invitations import forget_addresses, note_joined, send_next
from referrals.services.replies import forget_replies
from referrals.services.rfm import recompute_rfm

SLICE_SECONDS = 20


@shared_task
def forget_old_replies() -> None:
    """Delete answers that nobody will ask for again."""
    forget_replies(now=timezone.now())


@shared_task
def send_invitations(**_newer: object) -> None:
    """Send what is due, for at most a slice of time."""
    until = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until and send_next(now=timezone.now()):
        pass


def nudge_invitations() -> None:
    """Have the invitations sent that have just been asked for."""
    wake(send_invitations)


@shared_task
def follow_invitations() -> None:
    """Note who came by invitations, and forget the addresses of old ones."""
    note_joined()
    forget_addresses(now=timezone.now())


@shared_task
def forget_old_clicks() -> None:
    """Turn the clicks of each merchant that are old enough into numbers."""
    for merchant in Merchant.objects.order_by("id"):
        forget_clicks(merchant=merchant, now=timezone.now())


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
