"""Points that another system gives, takes or corrects by itself, without a policy: each instruction once, for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.idempotency import KeyReused
from credits.models.entries import Entry, EntryKind
from credits.models.remarks import Remark
from credits.selectors.terms import WalletTerms
from credits.services.book import Book
from credits.services.ledger_rows import Cause, NewEntry
from credits.services.opening import open_book
from credits.services.spending import spend

AWARDED = "direct.awarded"
REDEEMED = "direct.redeemed"
ADJUSTED = "direct.adjusted"
SOURCE = "api_key"


class AdjustmentTooLarge(DomainError):
    """So many points are given or taken only by staff, and two of them have to agree."""

    code = "adjustment_too_large"
    status = 403


@dataclass(frozen=True, slots=True)
class Instruction:
    """What another system asks for, and by which name that is known.

    :param api_key_id: who asks; it becomes the source of the entry.
    :param actor: the same, as entries say it.
    :param name: unique within the merchant; one effect for each, for ever.
    :param type_: what it is for, in the asking system's own code.
    :param reference: the asking system's id of what it is for.
    :param remark: words for whoever reads the statement; may be empty.
    """

    terms: WalletTerms
    customer_id: int
    points: int
    api_key_id: int
    actor: str
    name: str
    type_: str
    reference: str
    remark: str
    now: datetime


def award_points(asked: Instruction) -> Entry:
    """Give points; they are spendable, and lapse, by the rules of the wallet.

    :raises KeyReused: if the name is known of something else.
    """

    def earn(book: Book, cause: Cause) -> NewEntry:
        return book.earn(asked.customer_id, asked.points, cause)

    return _do_once(asked, asked.points, AWARDED, earn)


def redeem_points(asked: Instruction) -> Entry:
    """Take points for something that the asking system gave for them.

    :raises InsufficientPoints: if the customer cannot spend as many.
    :raises KeyReused: if the name is known of something else.
    """

    def pay(book: Book, cause: Cause) -> NewEntry:
        return spend(book=book, customer_id=asked.customer_id, points=asked.points, cause=cause).entry

    return _do_once(asked, -asked.points, REDEEMED, pay)


def adjust_points(asked: Instruction) -> Entry:
    """Give points, or take them (negative), because they were wrong.

    :raises AdjustmentTooLarge: beyond the wallet's limit for one who decides alone.
    :raises InsufficientPoints: if more would be taken than can be spent.
    :raises KeyReused: if the name is known of something else.
    """
    limit = asked.terms.adjustment_max
    if abs(asked.points) > limit:
        raise AdjustmentTooLarge(
            _("At most %(points)s points are given or taken without a second person.") % {"points": limit}
        )

    def adjust(book: Book, cause: Cause) -> NewEntry:
        customer_id, points, kind = asked.customer_id, asked.points, EntryKind.ADJUSTED
        if points > 0:
            return book.earn(customer_id, points, cause, kind=kind, active_at=book.now)
        return spend(book=book, customer_id=customer_id, points=-points, cause=cause, kind=kind).entry

    return _do_once(asked, asked.points, ADJUSTED, adjust)


def _do_once(asked: Instruction, points: int, reason: str, post: Callable[[Book, Cause], NewEntry]) -> Entry:
    key = f"direct:{asked.name}"
    told = {"type": asked.type_, "reference": asked.reference}
    with transaction.atomic():
        book = open_book(terms=asked.terms, customer_ids=[asked.customer_id], now=asked.now, actor=asked.actor)
        known = Entry.objects.filter(merchant=asked.terms.merchant_id, key=key).first()
        if known is not None:
            account_id = book.accounts[asked.customer_id].id
            said = (known.account_id, known.points, known.reason, known.reason_args)
            if said != (account_id, points, reason, told):
                raise KeyReused
            return known
        cause = Cause(key, SOURCE, asked.api_key_id, None, None, reason, told, asked.now)
        entry = post(book, cause)
        book.write()
        if asked.remark:
            Remark.objects.create(entry_id=entry.id, text=asked.remark)
        return Entry.objects.get(pk=entry.id)
