"""Taking back what was earned, exactly: from its own lot first, then as the merchant's return policy says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from credits.models.entries import Entry, EntryKind
from credits.models.lots import Lot
from credits.models.wallets import ReturnPolicy
from credits.services.book import ACTOR, Book
from credits.services.ledger_rows import Cause, NewEntry, NewLotUse


@dataclass(slots=True)
class EarnedLot:
    """An entry that brought points, with its lot as it stands."""

    entry_id: int
    account_id: int
    remaining: int
    active_at: datetime | None


def earned_lots(*, merchant_id: int, keys: Collection[str]) -> dict[str, EarnedLot]:
    """The entries of these causes with their lots; call it with their accounts locked."""
    entries = Entry.objects.filter(merchant=merchant_id, key__in=list(keys), lot__isnull=False)
    return {
        key: EarnedLot(entry_id, account_id, remaining, active_at)
        for key, entry_id, account_id, remaining, active_at in entries.values_list(
            "key", "id", "account_id", "lot__remaining", "lot__active_at"
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
    is_pending = lot.active_at is None or lot.active_at > book.now
    policy = book.terms.return_policy
    draws: list[tuple[int, int, bool]] = []
    wanted = points
    if policy != ReturnPolicy.PENDING_ONLY or is_pending:
        own = min(wanted, lot.remaining - book.lot_draws.get(lot.entry_id, 0))
        if own:
            draws.append((lot.entry_id, own, is_pending))
            wanted -= own
        if wanted and policy != ReturnPolicy.PENDING_ONLY:
            others = _from_other_lots(book, account.id, lot.entry_id, wanted)
            draws += others
            wanted -= sum(taken for _, taken, _ in others)
    owed = wanted if policy == ReturnPolicy.OWED else 0
    taken = sum(taken for _, taken, _ in draws)
    account.touched = True
    account.lifetime_points -= points
    account.owed += owed
    for _, drawn, was_pending in draws:
        if was_pending:
            account.pending -= drawn
        else:
            account.available -= drawn
    if taken + owed:
        entry = NewEntry(account.id, -(taken + owed), EntryKind.REVERSED, cause, ACTOR)
        book.entries.append(entry)
        for lot_id, drawn, _ in draws:
            book.lot_uses.append(NewLotUse(lot_id, entry, drawn))
            book.lot_draws[lot_id] = book.lot_draws.get(lot_id, 0) + drawn
        book.tell(customer_id, "points.reversed", {"points": taken + owed, "owed": owed, "reason": cause.reason})
    return taken + owed


def _from_other_lots(book: Book, account_id: int, own_lot: int, wanted: int) -> list[tuple[int, int, bool]]:
    """Draw on spendable lots, the soonest-expiring first, then in the order of earning."""
    spendable = Q(active_at__lte=book.now) & (Q(expires_at__isnull=True) | Q(expires_at__gt=book.now))
    lots = Lot.objects.filter(spendable, account=account_id, remaining__gt=0).exclude(pk=own_lot)
    draws: list[tuple[int, int, bool]] = []
    for lot_id, remaining in lots.order_by(F("expires_at").asc(nulls_last=True), "earned_at", "pk").values_list(
        "pk", "remaining"
    ):
        drawn = min(wanted, remaining - book.lot_draws.get(lot_id, 0))
        if drawn > 0:
            draws.append((lot_id, drawn, False))
            wanted -= drawn
        if not wanted:
            break
    return draws
