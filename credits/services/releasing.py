"""Points that waited for something become spendable."""

from collections.abc import Collection
from datetime import datetime

from credits.models.entries import Entry
from credits.models.lots import Lot
from credits.services.book import ACTOR, Book
from credits.services.ledger_rows import Cause, NewEntry, NewLotUse


def release_waiting(*, book: Book, keys: Collection[str], active_at: datetime | None = None) -> dict[int, int]:
    """Let the lots of these causes be spent; a debt of their customer is repaid first.

    :param keys: of the entries that brought the lots; those that wait for nothing are left as they are.
    :param active_at: when they become spendable; now, if it is not said.
    :returns: points by customer.
    """
    accounts = {account.id: account for account in book.accounts.values()}
    waiting = Entry.objects.filter(
        merchant=book.terms.merchant_id, key__in=list(keys), account__in=accounts, lot__active_at=None
    )
    released: dict[int, int] = {}
    for entry in waiting.exclude(lot__waiting_for="").select_related("lot").order_by("id"):
        account, lot = accounts[entry.account_id], entry.lot
        points = lot.remaining
        repaid = min(account.owed, points)
        account.touched = True
        account.pending -= points
        account.owed -= repaid
        account.available += points - repaid
        if repaid:
            cause = Cause(entry.key, entry.source_type, entry.source_id, None, None, "", {}, entry.occurred_at)
            posted = NewEntry(account.id, entry.points, entry.kind, cause, ACTOR, id=entry.pk)
            book.lot_uses.append(NewLotUse(lot.pk, posted, repaid))
            book.lot_draws[lot.pk] = book.lot_draws.get(lot.pk, 0) + repaid
        Lot.objects.filter(pk=lot.pk).update(active_at=active_at or book.now, waiting_for="")
        book.tell(account.customer_id, "points.released", {"points": points, "reason": entry.reason})
        released[account.customer_id] = released.get(account.customer_id, 0) + points
    return released
