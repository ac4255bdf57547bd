"""Referrals whose friend has not bought enough in time."""

from datetime import datetime, timedelta

from django.db import transaction

from referrals.models.merchants import Merchant
from referrals.models.referrals import OPEN, Referral
from referrals.services.attribution import lock_referrals
from referrals.services.steps import expire_referral, write_referrals

CHUNK = 500


def expire_referrals(*, now: datetime, chunk: int = CHUNK) -> int:
    """Let referrals expire whose time to qualify is over, at most a chunk of each merchant's.

    Nothing depends on when this runs: a purchase is in time or not by its own moment.

    :returns: how many expired.
    """
    expired = 0
    for merchant in Merchant.objects.filter(days_to_qualify__isnull=False):
        until = now - timedelta(days=merchant.days_to_qualify or 0)
        with transaction.atomic():
            due = Referral.objects.filter(merchant=merchant, status__in=OPEN, claimed_at__lte=until)
            due = due.exclude(joined_at__gt=until)
            friends = list(due.order_by("claimed_at").values_list("referee_id", flat=True)[:chunk])
            locked = lock_referrals(merchant_id=merchant.pk, referee_ids=friends).values()
            late = [each for each in locked if each.status in OPEN and (each.joined_at or each.claimed_at) <= until]
            for referral in late:
                expire_referral(referral, reason="too_late" if referral.joined_at else "not_verified")
            write_referrals(merchant_id=merchant.pk, referrals=late, now=now)
            expired += len(late)
    return expired
