"""What happens by itself: accounts are settled when their time has come, and customers are told before points lapse.

Nothing depends on when, or how often, this runs: a balance is right at every instant without it, and each step
leaves a trace that keeps it from happening twice.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import IntegrityError, transaction

from config.lib.prepared import execute_prepared
from credits.models.accounts import Account
from credits.selectors.terms import default_wallet_terms
from credits.services.opening import open_book
from referrals.models.merchants import Merchant

logger = logging.getLogger(__name__)

CHUNK = 500
NOTICE_DAYS = (7, 30)

_EXPIRING = """
    INSERT INTO credits_expirynotice (account_id, expires_at, lead_days, points, told_at)
    SELECT lot.account_id, lot.expires_at, %s, sum(lot.remaining)::bigint, %s
    FROM credits_lot AS lot
    WHERE lot.account_id = ANY(%s) AND lot.remaining > 0
        AND lot.expires_at > %s AND lot.expires_at <= %s
    GROUP BY lot.account_id, lot.expires_at
    ON CONFLICT DO NOTHING
    RETURNING account_id, expires_at, points
"""


def settle_due(*, now: datetime, limit: int = CHUNK) -> int:
    """Settle the accounts whose `next_change_at` has come.

    Those of a merchant are settled in one transaction; if that fails each alone, so that one account that cannot be
    settled does not stop the others.

    :param limit: accounts in a transaction.
    :returns: how many were settled.
    """
    due = Account.objects.filter(next_change_at__lte=now, wallet__is_default=True).order_by("merchant", "pk")
    settled = 0
    for merchant in Merchant.objects.filter(pk__in=due.order_by().values("merchant")):
        customers = list(due.filter(merchant=merchant).values_list("customer", flat=True))
        for start in range(0, len(customers), limit):
            settled += _settle(merchant, customers[start : start + limit], now)
    return settled


def _settle(merchant: Merchant, customer_ids: Sequence[int], now: datetime) -> int:
    try:
        with transaction.atomic():
            open_book(terms=default_wallet_terms(merchant=merchant), customer_ids=customer_ids, now=now).write()
    except (RuntimeError, IntegrityError):
        if len(customer_ids) > 1:
            return sum(_settle(merchant, [customer_id], now) for customer_id in customer_ids)
        logger.exception("The account of customer %s cannot be settled.", customer_ids[0])
        return 0
    return len(customer_ids)


def notify_expiring(*, now: datetime, limit: int = CHUNK) -> int:
    """Tell of points that lapse within 30 days, and again within 7: each day of expiry once for each.

    What lapses within 7 days when it is first seen is told of once.

    :returns: how many notices were written.
    """
    told = 0
    soon = Account.objects.filter(next_change_at__lte=now + timedelta(days=max(NOTICE_DAYS)))
    for merchant in Merchant.objects.filter(pk__in=soon.values("merchant")):
        last = 0
        while chunk := list(
            soon.filter(merchant=merchant, pk__gt=last, wallet__is_default=True)
            .order_by("pk")
            .values_list("pk", "customer")[:limit]
        ):
            last = chunk[-1][0]
            told += _notify(merchant, [customer_id for _, customer_id in chunk], now)
    return told


def _notify(merchant: Merchant, customer_ids: Sequence[int], now: datetime) -> int:
    with transaction.atomic():
        book = open_book(terms=default_wallet_terms(merchant=merchant), customer_ids=customer_ids, now=now)
        customers = {account.id: account.customer_id for account in book.accounts.values()}
        told = 0
        for nearer, lead in pairwise((0, *NOTICE_DAYS)):
            span = now + timedelta(days=nearer), now + timedelta(days=lead)
            notices = execute_prepared(_EXPIRING, [lead, now, list(customers), *span])
            told += len(notices)
            for account_id, expires_at, points in sorted(notices):
                payload = {"points": points, "expires_at": expires_at.isoformat(), "lead_days": lead}
                book.tell(customers[account_id], "points.expiring", payload)
        book.write()
    return told
