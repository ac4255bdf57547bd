"""Gifts: a customer gives points to another customer of the same merchant; they keep their expiry."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from config.lib.dates import start_of_day
from config.lib.errors import DomainError
from credits.models.entries import Entry, EntryKind
from credits.selectors.terms import WalletTerms
from credits.services.book import Book
from credits.services.ledger_rows import Cause, OpenAccount
from credits.services.opening import open_book
from credits.services.spending import spend


class TransfersOff(DomainError):
    """Points cannot be given away in this programme."""

    code = "transfers_off"


class TransferToOneself(DomainError):
    """Points can be given to somebody else only."""

    code = "transfer_to_oneself"


class TransferLimitReached(DomainError):
    """That is more than a customer may give away in a day."""

    code = "transfer_limit_reached"


class TransferConflict(DomainError):
    """A gift with this key is known, of other points or to somebody else."""

    code = "transfer_conflict"


def transfer_points(
    *, terms: WalletTerms, giver_id: int, receiver_id: int, points: int, key: str, actor: str, now: datetime
) -> bool:
    """Give points away, once for each key.

    :param key: names the gift within the merchant.
    :returns: whether they were given now; False if they had been already.
    :raises TransfersOff: if the programme has no gifts.
    :raises TransferToOneself: if giver and receiver are one.
    :raises TransferConflict: if the key names another gift.
    :raises TransferLimitReached: if it is more than may be given in a day of the merchant's calendar.
    :raises InsufficientPoints: if the giver cannot spend as many.
    """
    if terms.transfer_day_max is None:
        raise TransfersOff
    if giver_id == receiver_id:
        raise TransferToOneself
    with transaction.atomic():
        book = open_book(terms=terms, customer_ids=[giver_id, receiver_id], now=now, actor=actor)
        giver, receiver = book.accounts[giver_id], book.accounts[receiver_id]
        known = Entry.objects.filter(merchant=terms.merchant_id, key=f"transfer:{key}").first()
        if known is not None:
            if (known.account_id, known.source_id, known.points) != (giver.id, receiver.id, -points):
                raise TransferConflict
            return False
        if _given_today(giver, terms, now) + points > terms.transfer_day_max:
            raise TransferLimitReached(
                _("A customer may give away %(points)s points in a day.") % {"points": terms.transfer_day_max}
            )
        move_points(book, giver, receiver, points, key)
        book.write()
    return True


def move_points(
    book: Book, giver: OpenAccount, receiver: OpenAccount, points: int, key: str, reason: str = "transferred"
) -> None:
    """One entry takes the points; for each moment at which some of them lapse, one brings them.

    :param key: names the movement within the merchant.
    :raises InsufficientPoints: if the giver cannot spend as many.
    """
    going = Cause(f"transfer:{key}", "account", receiver.id, None, None, reason, {}, book.now)
    spent = spend(book=book, customer_id=giver.customer_id, points=points, cause=going, kind=EntryKind.TRANSFERRED)
    by_expiry: dict[datetime | None, int] = {}
    for each in spent.draws:
        by_expiry[each.expires_at] = by_expiry.get(each.expires_at, 0) + each.points
    for number, (expires_at, part) in enumerate(by_expiry.items()):
        coming = Cause(f"transfer:{key}:{number}", "account", giver.id, None, None, reason, {}, book.now)
        book.earn(
            receiver.customer_id, part, coming, kind=EntryKind.TRANSFERRED, active_at=book.now, expires_at=expires_at
        )


def _given_today(giver: OpenAccount, terms: WalletTerms, now: datetime) -> int:
    today = start_of_day(now, terms.zone)
    given = Entry.objects.filter(
        account=giver.id,
        kind=EntryKind.TRANSFERRED,
        points__lt=0,
        posted_at__gte=today,
        posted_at__lt=start_of_day(today + timedelta(hours=36), terms.zone),
    )
    return -(given.aggregate(points=Sum("points"))["points"] or 0)
