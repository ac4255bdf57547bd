"""Bringing accounts up to the moment: holds whose time has passed end, lots that are due become spendable or lapse.

A balance is exact without this: whoever reads after `next_change_at` computes from the lots. Settling writes
down what has come true, under the lock, before anything else is done with the account.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from django.db.models import F, Sum

from credits.models.entries import EntryKind
from credits.models.holds import HeldLot, Hold, HoldState
from credits.models.lots import Lot
from credits.services.book import Book
from credits.services.drawing import Draw, free, take
from credits.services.ledger_rows import Cause, OpenAccount


class OpenLot(msgspec.Struct):
    """A lot that still has something, as it is while its account is settled."""

    id: int
    account_id: int
    remaining: int
    held: int
    active_at: datetime | None
    expires_at: datetime | None


def settle(book: Book) -> None:
    """Write down what has come true for the book's accounts since they were last written."""
    due = {
        account.id: account
        for account in book.accounts.values()
        if account.next_change_at is not None and account.next_change_at <= book.now
    }
    if not due:
        return
    released = _end_lapsed_holds(book, due)
    lots: dict[int, list[OpenLot]] = defaultdict(list)
    rows = Lot.objects.filter(account__in=due, remaining__gt=0).order_by(
        F("expires_at").asc(nulls_last=True), "earned_at", "pk"
    )
    for row in rows.values_list("pk", "account", "remaining", "held", "active_at", "expires_at"):
        lot = OpenLot(*row)
        lot.held -= released.get(lot.id, 0)
        lots[lot.account_id].append(lot)
    holds_end = _next_ends_of_holds(due, book.now)
    for account_id, account in due.items():
        _settle_account(book, account, lots[account_id])
        account.next_change_at = min(
            [*_changes(lots[account_id], book.now), *holds_end.get(account_id, [])], default=None
        )


def lapse(book: Book, account: OpenAccount, lots: Sequence[Draw]) -> None:
    """Post what lapses: one entry a lot, or more if a hold keeps a part of it for longer.

    So its key names the lot and what it still has, which only becomes less once it has lapsed.
    """
    remaining = dict(Lot.objects.filter(pk__in=[lot.lot_id for lot in lots]).values_list("pk", "remaining"))
    for lot in lots:
        key = f"expire:{lot.lot_id}:{remaining[lot.lot_id] - book.drawn_from(lot.lot_id)}"
        cause = Cause(key, "lot", lot.lot_id, None, None, "expired", {}, lot.expires_at or book.now)
        take(book, [lot], book.post(account.customer_id, -lot.points, EntryKind.EXPIRED, cause))


def _settle_account(book: Book, account: OpenAccount, lots: Sequence[OpenLot]) -> None:
    """Count anew what is pending and what can be spent, and post what has lapsed."""
    account.touched = True
    lapsed = [lot for lot in lots if lot.expires_at is not None and lot.expires_at <= book.now]
    living = [lot for lot in lots if lot.expires_at is None or lot.expires_at > book.now]
    active = [lot for lot in living if lot.active_at is not None and lot.active_at <= book.now]
    before = account.pending
    if gone := _free_of(lapsed):
        lapse(book, account, gone)
    account.available = 0
    account.pending = sum(lot.remaining - lot.held for lot in living) - sum(lot.remaining - lot.held for lot in active)
    free(book, account, _free_of(active))
    if account.pending < before:
        book.tell(account.customer_id, "balance.settled", {"available": account.available, "pending": account.pending})


def _free_of(lots: Sequence[OpenLot]) -> list[Draw]:
    return [Draw(lot.id, lot.remaining - lot.held, lot.expires_at) for lot in lots if lot.remaining > lot.held]


def _changes(lots: Sequence[OpenLot], now: datetime) -> list[datetime]:
    """The moments at which these lots change by themselves."""
    moments = [moment for lot in lots if lot.remaining > lot.held for moment in (lot.active_at, lot.expires_at)]
    return [moment for moment in moments if moment is not None and moment > now]


def _end_lapsed_holds(book: Book, due: dict[int, OpenAccount]) -> dict[int, int]:
    """End the holds whose time has passed.

    :returns: points that are free again, by lot.
    """
    over = Hold.objects.filter(account__in=due, state=HoldState.OPEN, expires_at__lte=book.now)
    held = dict(over.values_list("pk", "account"))
    if not held:
        return {}
    points = HeldLot.objects.filter(hold__in=held).values("hold__account", "lot").annotate(points=Sum("points"))
    released: dict[int, int] = {}
    for account_id, lot_id, count in points.values_list("hold__account", "lot", "points"):
        due[account_id].held -= count
        book.hold_on(lot_id, -count)
        released[lot_id] = count
    for hold_id, account_id in sorted(held.items()):
        book.tell(due[account_id].customer_id, "points.released", {"hold": hold_id, "lapsed": True})
    over.filter(pk__in=held).update(state=HoldState.LAPSED, ended_at=F("expires_at"))
    return released


def _next_ends_of_holds(account_ids: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    ends: dict[int, list[datetime]] = defaultdict(list)
    open_holds = Hold.objects.filter(account__in=account_ids, state=HoldState.OPEN, expires_at__gt=now)
    for account_id, expires_at in open_holds.values_list("account", "expires_at"):
        ends[account_id].append(expires_at)
    return ends
