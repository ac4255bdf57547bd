"""Opening a book: its accounts are locked, and brought up to the moment."""

from collections.abc import Collection
from datetime import datetime

from credits.selectors.terms import WalletTerms
from credits.services import posting
from credits.services.book import ACTOR, Book
from credits.services.settling import settle


def open_book(
    *,
    terms: WalletTerms,
    customer_ids: Collection[int],
    now: datetime,
    earliest: datetime | None = None,
    actor: str = ACTOR,
) -> Book:
    """Lock the accounts of these customers, by id, and make those that are missing.

    :param earliest: the earliest moment that the batch speaks of, so that tiers of that day can be told.
    :param actor: who posts, in a word that is not a name.
    """
    accounts = posting.lock_accounts(terms=terms, customer_ids=customer_ids)
    late = [
        account.id
        for account in accounts.values()
        if earliest is not None and account.tier_since is not None and earliest < account.tier_since
    ]
    book = Book(terms=terms, now=now, accounts=accounts, tier_history=posting.tier_history(late), actor=actor)
    settle(book)
    return book
