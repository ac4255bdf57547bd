"""Holds: points promised to one purpose; then taken (captured), given up (released), or free again by time.

Every step happens under the lock on the account, so a hold ends once. Its time is over at `expires_at`: from
then on nothing can be captured, whether or not the account has been settled.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from credits.models.entries import EntryKind
from credits.models.holds import HeldLot, Hold, HoldState
from credits.services.book import Book
from credits.services.drawing import Draw, draw_exactly, free, take
from credits.services.ledger_rows import Cause, OpenAccount
from credits.services.settling import lapse


class HoldConflict(DomainError):
    """Points are held for this purpose already, but not as many, or not this customer's."""

    code = "hold_conflict"


class HoldEnded(DomainError):
    """This hold has ended: what it held was taken, or is free again."""

    code = "hold_ended"


def place_hold(*, book: Book, customer_id: int, points: int, key: str, expires_at: datetime) -> Hold:
    """Promise points to one purpose; the same purpose again is the same hold.

    :param key: names the purpose within the merchant.
    :raises InsufficientPoints: if the customer cannot spend as many.
    :raises HoldConflict: if the purpose has a hold of other points.
    """
    account = book.accounts[customer_id]
    known = Hold.objects.filter(merchant=book.terms.merchant_id, key=key).first()
    if known is not None:
        if (known.account_id, known.points) != (account.id, points):
            raise HoldConflict
        return known
    draws = draw_exactly(book, account, points)
    hold = Hold.objects.create(
        merchant_id=book.terms.merchant_id,
        account_id=account.id,
        points=points,
        key=key,
        expires_at=expires_at,
        created_at=book.now,
    )
    HeldLot.objects.bulk_create(HeldLot(hold=hold, lot_id=each.lot_id, points=each.points) for each in draws)
    for each in draws:
        book.hold_on(each.lot_id, each.points)
    account.available -= points
    account.held += points
    book.expect_change(account, expires_at)
    book.tell(customer_id, "points.held", {"hold": hold.pk, "points": points})
    return hold


def capture_hold(*, book: Book, customer_id: int, key: str, cause: Cause, points: int | None = None) -> Hold:
    """Take what is held, or a part of it; the rest is free again. The same once more changes nothing.

    :param points: how many; all if None.
    :raises Hold.DoesNotExist: if nothing was ever held for this purpose.
    :raises HoldEnded: if it ended otherwise.
    """
    account, hold = _find(book, customer_id, key)
    wanted = hold.points if points is None else points
    if not 0 < wanted <= hold.points:
        raise HoldConflict(
            _("%(held)s points are held, and %(points)s are asked for.") % {"held": hold.points, "points": wanted}
        )
    if (hold.state, hold.captured_points) == (HoldState.CAPTURED, wanted):
        return hold
    if hold.state != HoldState.OPEN:
        raise HoldEnded
    taken, left = _split(_lots_of(hold), wanted)
    take(book, taken, book.post(customer_id, -wanted, EntryKind.REDEEMED, cause))
    book.be_active(account)
    _end(book, account, hold, HoldState.CAPTURED, left)
    hold.captured_points = wanted
    hold.save(update_fields=["captured_points", "state", "ended_at"])
    return hold


def release_hold(*, book: Book, customer_id: int, key: str) -> Hold:
    """Give up what is held; once more changes nothing.

    :raises Hold.DoesNotExist: if nothing was ever held for this purpose.
    :raises HoldEnded: if it was captured.
    """
    account, hold = _find(book, customer_id, key)
    if hold.state == HoldState.CAPTURED:
        raise HoldEnded
    if hold.state == HoldState.OPEN:
        _end(book, account, hold, HoldState.RELEASED, _lots_of(hold))
        hold.save(update_fields=["state", "ended_at"])
        book.tell(customer_id, "points.released", {"hold": hold.pk, "lapsed": False})
    return hold


def _find(book: Book, customer_id: int, key: str) -> tuple[OpenAccount, Hold]:
    """The hold of a purpose as it is under the lock; opening the book has ended it if its time was over."""
    account = book.accounts[customer_id]
    return account, Hold.objects.get(merchant=book.terms.merchant_id, key=key, account=account.id)


def _lots_of(hold: Hold) -> list[Draw]:
    held = HeldLot.objects.filter(hold=hold).order_by("pk")
    return [Draw(*row) for row in held.values_list("lot", "points", "lot__expires_at")]


def _split(lots: Sequence[Draw], points: int) -> tuple[list[Draw], list[Draw]]:
    """The lots that give `points`, in their order, and what is left of them."""
    taken, left = [], []
    for lot in lots:
        part = min(points, lot.points)
        points -= part
        if part:
            taken.append(Draw(lot.lot_id, part, lot.expires_at))
        if lot.points > part:
            left.append(Draw(lot.lot_id, lot.points - part, lot.expires_at))
    return taken, left


def _end(book: Book, account: OpenAccount, hold: Hold, state: HoldState, left: Sequence[Draw]) -> None:
    """End a hold: its lots are no longer bound; what is left of them is free again, or lapses if its time has come."""
    for lot in _lots_of(hold):
        book.hold_on(lot.lot_id, -lot.points)
    account.held -= hold.points
    lapsed = [lot for lot in left if lot.expires_at is not None and lot.expires_at <= book.now]
    living = [lot for lot in left if lot not in lapsed]
    lapse(book, account, lapsed)
    free(book, account, living)
    for lot in living:
        book.expect_change(account, lot.expires_at)
    hold.state, hold.ended_at = state, book.now
