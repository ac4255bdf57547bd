"""Putting a customer into a tier by hand."""

from datetime import datetime

from django.db import IntegrityError, transaction

from config.lib.errors import Invalid
from config.lib.idempotency import KeyReused
from credits.models.tiers import TierAssignment
from credits.models.wallets import Wallet
from credits.selectors.terms import TierTerms, default_wallet_terms
from credits.selectors.tiers import review_date
from credits.services.book import Book
from credits.services.opening import open_book
from referrals.models.merchants import Merchant


class UnknownTier(Invalid):
    """The programme has no tier of this code."""

    code = "unknown_tier"


class LockIsOver(Invalid):
    """A tier can be locked only until a moment that is yet to come."""

    code = "lock_is_over"


def assign_tier(
    *,
    merchant: Merchant,
    customer_id: int,
    tier_code: str,
    reason: str,
    actor: str,
    until: datetime | None,
    now: datetime,
    key: str | None = None,
) -> TierAssignment:
    """Put a customer into a tier of the default wallet and keep them there, whatever they buy.

    In the tier that they have already only the lock changes.

    :param reason: why, in words.
    :param actor: the person or the key, in the words of entries.
    :param until: nothing but another assignment moves them before; then a review decides. None: no lock, and the
        tier is reviewed as one that was reached.
    :param key: the caller's name for this assignment; the same again has no second effect.
    :raises UnknownTier: if there is no such tier.
    :raises LockIsOver: if `until` has passed.
    :raises KeyReused: if the key was used for something else.
    """
    try:
        terms = default_wallet_terms(merchant=merchant)
    except Wallet.DoesNotExist as error:
        raise UnknownTier from error
    tier = next((each for each in terms.tiers if each.code == tier_code), None)
    if tier is None:
        raise UnknownTier
    try:
        with transaction.atomic():
            book = open_book(terms=terms, customer_ids=[customer_id], now=now)
            asked = TierAssignment(
                merchant=merchant,
                account_id=book.accounts[customer_id].id,
                tier_id=tier.id,
                reason=reason,
                actor=actor,
                until=until,
                key=key,
                created_at=now,
            )
            return _known(asked) or _assign(book, customer_id, tier, asked)
    except IntegrityError as error:
        # Two callers used one key for two customers at the same moment; the one who came second is here.
        raise KeyReused from error


def _known(asked: TierAssignment) -> TierAssignment | None:
    """The assignment that this key has made before."""
    known = TierAssignment.objects.filter(merchant=asked.merchant_id, key=asked.key).first() if asked.key else None
    if known is not None and _meaning(known) != _meaning(asked):
        raise KeyReused
    return known


def _meaning(assignment: TierAssignment) -> tuple[object, ...]:
    return assignment.account_id, assignment.tier_id, assignment.reason, assignment.until


def _assign(book: Book, customer_id: int, tier: TierTerms, asked: TierAssignment) -> TierAssignment:
    if asked.until is not None and asked.until <= book.now:
        raise LockIsOver
    asked.save(force_insert=True)
    account = book.accounts[customer_id]
    account.touched, account.tier_locked_until = True, asked.until
    if account.tier_id != tier.id:
        book.move_tier(customer_id, to_tier=tier, reason="assigned", evaluation_id=None, occurred_at=book.now)
    else:
        book.tell(customer_id, "tier.locked", {"tier": tier.id, "until": asked.until})
    account.tier_warned_at = None
    account.tier_review_at = asked.until or review_date(
        book.terms, tier=tier, since=account.tier_since or book.now, after=book.now
    )
    book.write()
    return asked
