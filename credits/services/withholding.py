"""Earned points are taken away for as long as their cause is disputed, and given back to the very same lots.

Only whole lots are taken: of one that was spent from, or is promised to a hold, nothing is.
"""

from datetime import datetime

from credits.models.entries import Entry, EntryKind
from credits.models.lots import Lot
from credits.services.book import Book
from credits.services.drawing import Draw, take
from credits.services.ledger_rows import Cause, NewLotUse
from credits.services.reversals import EarnedLot
from credits.services.spending import RESTORED_FROM


def is_whole(*, book: Book, lot: EarnedLot, points: int) -> bool:
    """Whether a lot still has so many points, and none of them is promised; what the book did to it counts."""
    left = lot.remaining - book.drawn_from(lot.entry_id)
    return left == points == book.free_of(lot.entry_id, lot.remaining, lot.held)


def withhold(*, book: Book, customer_id: int, lot: EarnedLot, points: int, waiting_for: str, cause: Cause) -> None:
    """Take all of a whole lot; from now on it waits.

    :param points: how many it has.
    :param waiting_for: what must happen before it may be given back.
    """
    account = book.accounts[customer_id]
    if book.is_spendable(account, lot.active_at):
        account.available -= points
    else:
        account.pending -= points
    account.lifetime_points -= points
    entry = book.post(customer_id, -points, EntryKind.REVERSED, cause, {"owed": 0})
    take(book, [Draw(lot.entry_id, points, None)], entry)
    Lot.objects.filter(pk=lot.entry_id).update(active_at=None, waiting_for=waiting_for)


def give_back(*, book: Book, customer_id: int, lot: EarnedLot, points: int, reason: str, key: str) -> None:
    """Give back points of a lot that was withheld: they wait in it, until they are released.

    :param points: at most as many as were taken.
    :param key: names the cause.
    """
    account = book.accounts[customer_id]
    taken = Entry.objects.filter(lot_uses__lot=lot.entry_id, kind=EntryKind.REVERSED).latest("pk")
    cause = Cause(
        key, RESTORED_FROM, taken.pk, taken.evaluation_id, taken.policy_version_id, reason, taken.reason_args, book.now
    )
    entry = book.post(customer_id, points, EntryKind.RESTORED, cause)
    book.lot_uses.append(NewLotUse(lot.entry_id, entry, -points))
    book.draw_on(lot.entry_id, -points)
    account.pending += points
    account.lifetime_points += points
    book.expect_change(account, _expiry_of(lot))


def _expiry_of(lot: EarnedLot) -> datetime | None:
    return Lot.objects.values_list("expires_at", flat=True).get(pk=lot.entry_id)
