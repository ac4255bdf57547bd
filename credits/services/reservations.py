"""Holds that other systems place by their own reference: a till puts points aside, then takes or frees them."""

from datetime import datetime

from django.db import IntegrityError, transaction

from credits.models.holds import Hold, HoldState
from credits.selectors.terms import WalletTerms
from credits.services.book import Book
from credits.services.holds import HoldConflict, HoldEnded, capture_hold, place_hold, release_hold
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book

PREFIX = "direct:"
CAPTURED = "hold.captured"


def reserve_points(
    *,
    terms: WalletTerms,
    customer_id: int,
    points: int,
    reference: str,
    expires_at: datetime,
    actor: str,
    now: datetime,
) -> Hold:
    """Put points aside for something; the same again is the same hold.

    :param reference: what for; unique within the merchant.
    :raises InsufficientPoints: if the customer cannot spend as many.
    :raises HoldConflict: if the reference has a hold of other points, or another customer's.
    :raises HoldEnded: if its hold has ended already.
    """
    key = f"{PREFIX}{reference}"
    try:
        with transaction.atomic():
            book = _open(terms, customer_id, actor, now)
            hold = place_hold(book=book, customer_id=customer_id, points=points, key=key, expires_at=expires_at)
            if hold.state != HoldState.OPEN:
                raise HoldEnded
            book.write()
            return hold
    except IntegrityError as error:
        # Two customers' holds came by one reference at the same moment; the one that came second is here.
        raise HoldConflict from error


def capture_reserved(
    *, terms: WalletTerms, customer_id: int, hold: Hold, points: int | None, reference: str, actor: str, now: datetime
) -> Hold:
    """Take what was put aside, or a part of it; the rest is free again. The same once more changes nothing.

    :param points: how many; all if None.
    :param reference: what they are taken for.
    :raises HoldEnded: if the hold ended otherwise.
    :raises HoldConflict: if more is asked for than is held.
    """
    cause = Cause(f"capture:{hold.pk}", "hold", hold.pk, None, None, CAPTURED, {"reference": reference}, now)
    with transaction.atomic():
        book = _open(terms, customer_id, actor, now)
        captured = capture_hold(book=book, customer_id=customer_id, key=hold.key, cause=cause, points=points)
        book.write()
        return captured


def release_reserved(*, terms: WalletTerms, customer_id: int, hold: Hold, actor: str, now: datetime) -> Hold:
    """Free what was put aside; once more changes nothing.

    :raises HoldEnded: if it was captured.
    """
    with transaction.atomic():
        book = _open(terms, customer_id, actor, now)
        released = release_hold(book=book, customer_id=customer_id, key=hold.key)
        book.write()
        return released


def _open(terms: WalletTerms, customer_id: int, actor: str, now: datetime) -> Book:
    return open_book(terms=terms, customer_ids=[customer_id], now=now, actor=actor)
