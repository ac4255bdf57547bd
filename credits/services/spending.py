"""Spending points, and undoing it: the original lots get back what they paid, with their original expiry."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Sum
from django.utils.translation import gettext as _

from config.lib.dates import end_of_day
from config.lib.errors import DomainError
from credits.models.entries import Entry, EntryKind
from credits.models.lots import LotUse
from credits.services.book import Book
from credits.services.drawing import Draw, draw_exactly, free, take
from credits.services.ledger_rows import Cause, NewEntry, NewLot, NewLotUse, OpenAccount

RESTORED_FROM = "entry"
"""The source of an entry that restores is the entry whose points it gives back."""


class NothingToRestore(DomainError):
    """What was spent there has been given back already."""

    code = "nothing_to_restore"


class Spent(NamedTuple):
    """What was posted, and which lots paid how much."""

    entry: NewEntry
    draws: list[Draw]


class Restored(NamedTuple):
    """What came of undoing: points given back, and points that had lapsed meanwhile and stay lost."""

    points: int
    lost: int


def spend(*, book: Book, customer_id: int, points: int, cause: Cause, kind: EntryKind = EntryKind.REDEEMED) -> Spent:
    """Pay with a customer's points, the soonest-expiring first.

    :raises InsufficientPoints: if the customer cannot spend as many.
    """
    account = book.accounts[customer_id]
    draws = draw_exactly(book, account, points)
    entry = book.post(customer_id, -points, kind, cause)
    take(book, draws, entry)
    account.available -= points
    book.be_active(account)
    return Spent(entry, draws)


def restore(*, book: Book, customer_id: int, entry_id: int, cause: Cause, points: int | None = None) -> Restored:
    """Give back what an entry spent: to the lots that paid, the last one first.

    What has lapsed meanwhile lives on for the wallet's grace, as a lot of its own; without grace it is lost.

    :param cause: why; its source becomes the entry that is undone.
    :param points: how many; all that are left to be given back if None.
    :raises NothingToRestore: if so many are not left.
    """
    account = book.accounts[customer_id]
    spent = Entry.objects.get(pk=entry_id, account=account.id, points__lt=0)
    restored = Entry.objects.filter(
        account=account.id, kind=EntryKind.RESTORED, source_type=RESTORED_FROM, source_id=entry_id
    )
    left = -spent.points - (restored.aggregate(points=Sum("points"))["points"] or 0)
    wanted = left if points is None else points
    if not 0 < wanted <= left:
        raise NothingToRestore(_("%(points)s points are left to be given back.") % {"points": left})
    living, lapsed = _paid_back(book, [entry_id, *restored.values_list("pk", flat=True)], wanted)
    lost = 0 if book.terms.restore_grace_days else lapsed
    if wanted > lost:
        _give_back(book, account, living, lapsed - lost, spent, cause)
    return Restored(wanted - lost, lost)


def _paid_back(book: Book, entry_ids: list[int], wanted: int) -> tuple[list[Draw], int]:
    """What each lot gets back, the last to have paid first; and how much belongs to lots that have lapsed."""
    paid = LotUse.objects.filter(entry__in=entry_ids).values("lot", "lot__expires_at").annotate(points=Sum("points"))
    living: list[Draw] = []
    lapsed = 0
    for lot_id, expires_at, points in paid.order_by("-lot__expires_at", "-lot__earned_at", "-lot").values_list(
        "lot", "lot__expires_at", "points"
    ):
        back = min(wanted, points)
        if back <= 0:
            continue
        wanted -= back
        if expires_at is not None and expires_at <= book.now:
            lapsed += back
        else:
            living.append(Draw(lot_id, back, expires_at))
    return living, lapsed + wanted


def _give_back(book: Book, account: OpenAccount, living: list[Draw], lapsed: int, spent: Entry, cause: Cause) -> None:
    back = sum(each.points for each in living)
    entry = book.post(
        account.customer_id,
        back + lapsed,
        EntryKind.RESTORED,
        Cause(
            cause.key, RESTORED_FROM, spent.pk, cause.evaluation_id, cause.policy_version_id, cause.reason,
            cause.reason_args, cause.occurred_at,
        ),
    )  # fmt: skip
    for each in living:
        book.lot_uses.append(NewLotUse(each.lot_id, entry, -each.points))
        book.draw_on(each.lot_id, -each.points)
        book.expect_change(account, each.expires_at)
    free(book, account, living)
    if lapsed:
        _live_on(book, account, entry, lapsed)


def _live_on(book: Book, account: OpenAccount, entry: NewEntry, lapsed: int) -> None:
    """A lot of its own for points that had lapsed; a debt is repaid from it first."""
    today = book.now.astimezone(book.terms.zone).date()
    until = end_of_day(today + timedelta(days=book.terms.restore_grace_days), book.terms.zone)
    repaid = min(account.owed, lapsed)
    entry.lot = NewLot(lapsed, lapsed - repaid, book.now, "", until)
    account.owed -= repaid
    account.available += lapsed - repaid
    if repaid:
        book.lot_uses.append(NewLotUse(entry, entry, repaid))
    book.expect_change(account, until)
