"""Reviews of tiers: whoever does not keep theirs is warned, has the days of grace, and falls then."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from config.lib.dates import end_of_day
from credits.models.wallets import TierDowngrade, Wallet
from credits.selectors.terms import TierTerms, WalletTerms, tier_reached, wallet_terms
from credits.selectors.tiers import Claims, claims_after, review_date, review_opens
from credits.services.book import Book
from credits.services.ledger_rows import OpenAccount
from credits.services.opening import open_book

logger = logging.getLogger(__name__)

CHUNK = 500


def review_tiers(*, now: datetime, limit: int = CHUNK) -> int:
    """Review tiers whose day has come: a chunk of each wallet, each in a transaction of its own.

    A review moves its own date under the lock on the account, so it is done once, whoever runs it and however often.

    :param limit: accounts of a wallet at the most.
    :returns: how many were reviewed; 0 if nothing is due that nobody else has in hand.
    """
    return sum(_review_wallet(wallet_id, now, limit) for wallet_id in _wallets_with_reviews(now))


def _wallets_with_reviews(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT wallet.id FROM credits_wallet AS wallet
            WHERE EXISTS (SELECT FROM credits_account WHERE wallet_id = wallet.id AND tier_review_at <= %s)
            ORDER BY wallet.id
            """,
            [now],
        )
        return [wallet_id for (wallet_id,) in cursor.fetchall()]


def _review_wallet(wallet_id: int, now: datetime, limit: int) -> int:
    """Review a chunk together; if that fails each alone, so that one account does not stop the others."""
    claimed: list[int] = []
    try:
        with transaction.atomic():
            claimed = _claim(wallet_id, now, limit)
            _review_all(wallet_id, claimed, now)
    except (RuntimeError, IntegrityError):
        return sum(_review_alone(wallet_id, customer_id, now) for customer_id in claimed)
    return len(claimed)


def _review_alone(wallet_id: int, customer_id: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            claimed = _claim(wallet_id, now, 1, only=customer_id)
            _review_all(wallet_id, claimed, now)
    except (RuntimeError, IntegrityError):
        logger.exception("The tier of customer %s cannot be reviewed.", customer_id)
        return 0
    return len(claimed)


def _review_all(wallet_id: int, customer_ids: Sequence[int], now: datetime) -> None:
    if not customer_ids:
        return
    wallet = Wallet.objects.select_related("merchant").get(pk=wallet_id)
    book = open_book(
        terms=wallet_terms(wallet=wallet, zone=wallet.merchant.time_zone), customer_ids=customer_ids, now=now
    )
    claims = claims_after({account.id: review_window(book.terms, account) for account in book.accounts.values()})
    for customer_id, account in book.accounts.items():
        review(book, customer_id, claims[account.id])
    book.write()


def _claim(wallet_id: int, now: datetime, limit: int, only: int | None = None) -> list[int]:
    """Lock accounts that are due and that nobody else has; it waits for none, so their order does not matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT customer_id FROM credits_account
            WHERE wallet_id = %s AND tier_review_at <= %s AND (%s::bigint IS NULL OR customer_id = %s)
            ORDER BY tier_review_at LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            [wallet_id, now, only, only, limit],
        )
        return [customer_id for (customer_id,) in cursor.fetchall()]


def review_window(terms: WalletTerms, account: OpenAccount) -> datetime | None:
    """From when on the reviewed claims count; after a warning they are still those of the review that warned."""
    review_at = account.tier_warned_at or account.tier_review_at
    return review_opens(terms, review_at) if review_at is not None else None


def review(book: Book, customer_id: int, claims: Claims) -> None:
    """Decide about one tier.

    :param claims: what counts at this review.
    """
    account, now = book.accounts[customer_id], book.now
    account.touched = True
    current = book.tier_of(account.tier_id)
    if book.is_locked(customer_id):
        account.tier_review_at = account.tier_locked_until
        return
    account.tier_locked_until = None
    if current is None:
        account.tier_review_at = None
    elif book.lift_tier(customer_id, evaluation_id=None, occurred_at=now) is not None:
        return
    elif (kept := _kept(book.terms, current, claims)) is current:
        if account.tier_warned_at is not None:
            book.tell(customer_id, "tier.kept", {"tier": current.id})
        account.tier_review_at = review_date(book.terms, tier=current, since=account.tier_since or now, after=now)
        account.tier_warned_at = None
    elif account.tier_warned_at is None:
        _warn(book, customer_id, claims.missing_for(current))
    else:
        book.move_tier(customer_id, to_tier=kept, reason="reviewed", evaluation_id=None, occurred_at=now)


def _kept(terms: WalletTerms, current: TierTerms, claims: Claims) -> TierTerms:
    """The tier that a customer keeps by these claims, as far down as the wallet lets them fall."""
    reached = tier_reached(terms.tiers, spend=claims.spend, orders=claims.orders, points=claims.points)
    if reached is None or reached.rank >= current.rank or terms.tier_downgrade == TierDowngrade.NEVER:
        return current
    return terms.tiers[terms.tiers.index(current) - 1] if terms.tier_downgrade == TierDowngrade.ONE_DOWN else reached


def _warn(book: Book, customer_id: int, missing: Claims) -> None:
    account, zone = book.accounts[customer_id], book.terms.zone
    last_day = (book.now + timedelta(days=book.terms.tier_grace_days)).astimezone(zone).date()
    until = end_of_day(last_day, zone)
    account.tier_warned_at, account.tier_review_at = account.tier_review_at, until
    told = {"tier": account.tier_id, "until": until, "missing": missing._asdict()}
    book.tell(customer_id, "tier.expiring", told)
