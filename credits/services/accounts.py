"""Opening and closing accounts. A closed account has no points; what its customer earns later opens it again."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from credits.models.accounts import Account
from credits.models.entries import EntryKind
from credits.models.holds import Hold, HoldState
from credits.models.lots import Lot
from credits.selectors.terms import WalletTerms
from credits.services.drawing import Draw, take
from credits.services.holds import release_hold
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book

CLOSED = "account_closed"


class Opened(NamedTuple):
    """An account, and whether it was opened just now."""

    account: Account
    is_new: bool


class Closed(NamedTuple):
    """A closed account, and the points that were forfeited by closing it now."""

    account: Account
    forfeited: int


def open_account(*, terms: WalletTerms, customer_id: int, actor: str, now: datetime) -> Opened:
    """Give a customer an account, or open the one that was closed; an open one stays as it is."""
    with transaction.atomic():
        book = open_book(terms=terms, customer_ids=[customer_id], now=now, actor=actor)
        book.write()
        opened = book.accounts[customer_id]
        reopened = Account.objects.filter(pk=opened.id, closed_at__isnull=False).update(closed_at=None)
        return Opened(Account.objects.get(pk=opened.id), opened.is_new or bool(reopened))


def close_account(*, terms: WalletTerms, customer_id: int, actor: str, now: datetime) -> Closed:
    """Close a customer's account: open holds are released, and all points that are left are forfeited.

    A debt stays a debt, the tier and the statement stay too. Closing a closed account changes nothing.
    """
    with transaction.atomic():
        account_id = _release_holds(terms, customer_id, actor, now)
        account = Account.objects.get(pk=account_id)
        if account.closed_at is not None:
            return Closed(account, 0)
        forfeited = _forfeit(terms, customer_id, actor, now)
        Account.objects.filter(pk=account_id).update(closed_at=now)
        account.refresh_from_db()
        return Closed(account, forfeited)


def _release_holds(terms: WalletTerms, customer_id: int, actor: str, now: datetime) -> int:
    """Set free what is held; the account's id is returned. From here on the account is locked."""
    book = open_book(terms=terms, customer_ids=[customer_id], now=now, actor=actor)
    account_id = book.accounts[customer_id].id
    held = Hold.objects.filter(account=account_id, state=HoldState.OPEN).order_by("pk")
    for key in list(held.values_list("key", flat=True)):
        release_hold(book=book, customer_id=customer_id, key=key)
    book.write()
    return account_id


def _forfeit(terms: WalletTerms, customer_id: int, actor: str, now: datetime) -> int:
    book = open_book(terms=terms, customer_ids=[customer_id], now=now, actor=actor)
    account = book.accounts[customer_id]
    lots = Lot.objects.filter(account=account.id, remaining__gt=0).order_by("pk")
    left = [Draw(*row) for row in lots.values_list("pk", "remaining", "expires_at")]
    forfeited = sum(each.points for each in left)
    if forfeited:
        key = f"closed:{account.id}:{account.event_sequence}"
        cause = Cause(key, "account", account.id, None, None, CLOSED, {}, now)
        take(book, left, book.post(customer_id, -forfeited, EntryKind.ADJUSTED, cause))
    account.available = account.pending = 0
    account.next_change_at = None
    account.touched = True
    book.write()
    return forfeited
