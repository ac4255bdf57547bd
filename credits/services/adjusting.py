"""Adjustments: a person gives or takes points and says why; above the wallet's limit a second person decides."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.bulk import next_ids
from config.lib.errors import DomainError, NotFound
from config.lib.idempotency import KeyReused
from config.lib.ids import uuid7
from credits.models.adjustments import Adjustment, AdjustmentState
from credits.models.entries import EntryKind
from credits.selectors.terms import default_wallet_terms
from credits.services.book import Book
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.spending import spend
from referrals.models.merchants import Merchant
from referrals.models.users import User


class SecondPersonNeeded(DomainError):
    """So many points need a second person: whoever asked for them cannot grant them."""

    code = "second_person_needed"
    status = 403


class AlreadyDecided(DomainError):
    """This adjustment has been decided already."""

    code = "already_decided"


def ask_adjustment(
    *,
    merchant: Merchant,
    customer_id: int,
    points: int,
    reason: str,
    asked_by: User,
    now: datetime,
    key: UUID | None = None,
) -> Adjustment:
    """Give points to a customer, or take them (negative); at once, or after a second person has agreed.

    :param reason: in words, for staff; customers read that their points were adjusted.
    :param key: names this one asking: the same again changes nothing and answers what came of it. It becomes the
        adjustment's uuid.
    :raises InsufficientPoints: if more would be taken than can be spent.
    :raises KeyReused: if the key was used for something else.
    """
    with transaction.atomic():
        book = _open(merchant, customer_id, now)
        adjustment = Adjustment(
            pk=next_ids(Adjustment, 1)[0],
            uuid=key or uuid7(),
            merchant=merchant,
            account_id=book.accounts[customer_id].id,
            points=points,
            reason=reason,
            state=AdjustmentState.WAITING,
            needs_second=abs(points) > book.terms.adjustment_max,
            asked_by=asked_by,
            asked_at=now,
        )
        if key and (known := Adjustment.objects.filter(uuid=key).first()):
            if _meaning(known) != _meaning(adjustment):
                raise KeyReused
            return known
        if adjustment.needs_second:
            adjustment.save(force_insert=True)
            book.write()
        else:
            _post(book, customer_id, adjustment, asked_by)
    return adjustment


def decide_adjustment(*, adjustment_id: int, decided_by: User, is_granted: bool, now: datetime) -> Adjustment:
    """Grant or refuse an adjustment that waits.

    :raises NotFound: if there is no such adjustment.
    :raises SecondPersonNeeded: if whoever asked for it decides.
    :raises AlreadyDecided: if it does not wait any more.
    :raises InsufficientPoints: if more would be taken than can be spent by now.
    """
    with transaction.atomic():
        known = Adjustment.objects.select_related("merchant", "account").filter(pk=adjustment_id).first()
        if known is None:
            raise NotFound(_("There is no such adjustment."))
        customer_id = known.account.customer_id
        book = _open(known.merchant, customer_id, now)
        adjustment = Adjustment.objects.get(pk=adjustment_id)
        if adjustment.state != AdjustmentState.WAITING:
            raise AlreadyDecided
        if adjustment.asked_by_id == decided_by.pk:
            raise SecondPersonNeeded
        if is_granted:
            _post(book, customer_id, adjustment, decided_by)
        else:
            _close(adjustment, AdjustmentState.REFUSED, decided_by, now)
            book.write()
    return adjustment


def _meaning(adjustment: Adjustment) -> tuple[object, ...]:
    return adjustment.account_id, adjustment.points, adjustment.reason, adjustment.asked_by_id


def _open(merchant: Merchant, customer_id: int, now: datetime) -> Book:
    """The account's lock is also the lock of its adjustments."""
    return open_book(terms=default_wallet_terms(merchant=merchant), customer_ids=[customer_id], now=now, actor="staff")


def _post(book: Book, customer_id: int, adjustment: Adjustment, decided_by: User) -> None:
    cause = Cause(f"adjustment:{adjustment.uuid}", "adjustment", adjustment.pk, None, None, "adjusted", {}, book.now)
    if adjustment.points > 0:
        entry = book.earn(customer_id, adjustment.points, cause, kind=EntryKind.ADJUSTED, active_at=book.now)
    else:
        entry = spend(
            book=book, customer_id=customer_id, points=-adjustment.points, cause=cause, kind=EntryKind.ADJUSTED
        ).entry
    book.write()
    adjustment.entry_id = entry.id
    _close(adjustment, AdjustmentState.POSTED, decided_by, book.now)


def _close(adjustment: Adjustment, state: AdjustmentState, decided_by: User, now: datetime) -> None:
    adjustment.state, adjustment.decided_by, adjustment.decided_at = state, decided_by, now
    adjustment.save()
