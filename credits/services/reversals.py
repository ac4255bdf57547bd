"""Taking back what was earned, exactly: from its own lot first, then as the merchant's return policy says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from credits.models.entries import Entry, EntryKind
from credits.models.wallets import ReturnPolicy
from credits.services.book import Book
from credits.services.drawing import Draw, draw, take
from credits.services.ledger_rows import Cause


@dataclass(slots=True)
class EarnedLot:
    """An entry that brought points, with its lot as it stands."""

    entry_id: int
    account_id: int
    remaining: int
    held: int
    active_at: datetime | None
    waiting_for: str


def earned_lots(*, merchant_id: int, keys: Collection[str]) -> dict[str, EarnedLot]:
    """The entries of these causes with their lots; call it with their accounts locked."""
    entries = Entry.objects.filter(merchant=merchant_id, key__in=list(keys), lot__isnull=False)
    return {
        key: EarnedLot(entry_id, account_id, remaining, held, active_at, waiting_for)
        for key, entry_id, account_id, remaining, held, active_at, waiting_for in entries.values_list(
            "key", "id", "account_id", "lot__remaining", "lot__held", "lot__active_at", "lot__waiting_for"
        )
    }


def take_back(*, book: Book, customer_id: int, points: int, lot: EarnedLot, cause: Cause) -> int:
    """Take earned points back.

    What their own lot still has goes first. What was spent of it is taken from the customer's other lots and
    then becomes a debt (`owed`), is taken only as far as points are there (`forgive`), or is left alone unless
    the lot is still pending (`pending_only`).

    :param points: how many were earned.
    :returns: how many were taken or are owed now.
    """
    account = book.accounts[customer_id]
    is_pending = not book.is_spendable(account, lot.active_at)
    policy = book.terms.return_policy
    draws: list[Draw] = []
    wanted = points
    if policy != ReturnPolicy.PENDING_ONLY or is_pending:
        own = min(wanted, book.free_of(lot.entry_id, lot.remaining, lot.held))
        if own:
            draws.append(Draw(lot.entry_id, own, None))
            wanted -= own
        if is_pending:
            account.pending -= own
        else:
            account.available -= own
        if wanted and policy != ReturnPolicy.PENDING_ONLY:
            others = draw(book, account, wanted, besides=lot.entry_id)
            drawn = sum(each.points for each in others)
            account.available -= drawn
            draws += others
            wanted -= drawn
    owed = wanted if policy == ReturnPolicy.OWED else 0
    gone = points - wanted + owed
    account.touched = True
    account.lifetime_points -= points
    account.owed += owed
    if gone:
        take(book, draws, book.post(customer_id, -gone, EntryKind.REVERSED, cause, {"owed": owed}))
    return gone
