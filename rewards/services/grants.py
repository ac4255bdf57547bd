"""Grants in use: reserved for one purpose at a time, then used, or let go; and they expire.

Everything happens under the lock on the customer's account (an open Book), and on the grant, so a grant serves one
purpose at a time. Whoever goes on for others who were merged into them uses theirs like their own.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from config.lib.errors import DomainError
from credits.selectors.terms import default_wallet_terms
from credits.services.book import Book
from credits.services.opening import open_book
from referrals.selectors import of_person
from rewards.models.grants import Grant, GrantState

EXPIRED_AT_ONCE = 200


class GrantNotUsable(DomainError):
    """This grant was used, has expired or was taken back, or another cart has it."""

    code = "grant_not_usable"


def reserve_grants(*, book: Book, customer_id: int, wanted: dict[int, int], purpose: str) -> list[Grant]:
    """Reserve grants of a customer for a purpose.

    :param wanted: how many of each grant, by its id.
    :param purpose: such as `session:17`.
    :raises GrantNotUsable: if one of them cannot be used, or not as often.
    """
    grants = list(Grant.objects.select_for_update().filter(of_person(customer_id), pk__in=wanted).order_by("pk"))
    if len(grants) != len(wanted):
        raise GrantNotUsable
    for grant in grants:
        is_over = grant.expires_at is not None and grant.expires_at <= book.now
        if grant.state != GrantState.ISSUED or is_over or grant.quantity < grant.used_quantity + wanted[grant.pk]:
            raise GrantNotUsable
        grant.state, grant.reserved_for = GrantState.RESERVED, purpose
        grant.reserved_quantity, grant.reserved_at = wanted[grant.pk], book.now
    _write(book, customer_id, grants, "grant.reserved")
    return grants


def use_grants(*, book: Book, customer_id: int, purpose: str) -> list[Grant]:
    """Use what a purpose has reserved; what is left of a grant is usable again. Once more changes nothing."""
    grants = _reserved(customer_id, purpose)
    for grant in grants:
        grant.used_quantity += grant.reserved_quantity
        _let_go(grant, book.now)
    _write(book, customer_id, grants, "grant.used")
    return grants


def release_grants(*, book: Book, customer_id: int, purpose: str) -> list[Grant]:
    """Let go of what a purpose has reserved. Once more changes nothing."""
    grants = _reserved(customer_id, purpose)
    for grant in grants:
        _let_go(grant, book.now)
    _write(book, customer_id, grants, "grant.released")
    return grants


def restore_grants(*, book: Book, customer_id: int, used: dict[int, int]) -> list[Grant]:
    """Give back what was used of grants, because what they had paid for was undone.

    What expired meanwhile stays expired: its days were known.

    :param used: how many of each grant, by its id.
    """
    grants = list(Grant.objects.select_for_update().filter(of_person(customer_id), pk__in=used).order_by("pk"))
    for grant in grants:
        grant.used_quantity -= used[grant.pk]
        if grant.state == GrantState.USED:
            grant.used_at = None
            _come_to_rest(grant, book.now)
    _write(book, customer_id, grants, "grant.restored")
    return grants


def expire_grants(*, now: datetime, limit: int = EXPIRED_AT_ONCE) -> int:
    """End grants whose last day is over: those of one customer, whose account is locked for it.

    :returns: how many ended; none means that there are no more.
    """
    due = Grant.objects.filter(state=GrantState.ISSUED, expires_at__lte=now)
    first = due.select_related("customer__merchant").order_by("expires_at", "pk").first()
    if first is None:
        return 0
    with transaction.atomic():
        terms = default_wallet_terms(merchant=first.customer.merchant)
        book = open_book(terms=terms, customer_ids=[first.customer_id], now=now)
        grants = list(due.filter(customer=first.customer_id).select_for_update().order_by("pk")[:limit])
        for grant in grants:
            _come_to_rest(grant, now)
        _write(book, first.customer_id, grants, "grant.expired")
        book.write()
    return len(grants)


def _reserved(customer_id: int, purpose: str) -> list[Grant]:
    own = Grant.objects.filter(of_person(customer_id), state=GrantState.RESERVED, reserved_for=purpose)
    return list(own.select_for_update().order_by("pk"))


def _let_go(grant: Grant, now: datetime) -> None:
    grant.reserved_quantity, grant.reserved_for, grant.reserved_at = 0, "", None
    _come_to_rest(grant, now)


def _come_to_rest(grant: Grant, now: datetime) -> None:
    """The state of a grant that nobody has reserved."""
    if grant.used_quantity == grant.quantity:
        grant.state, grant.used_at = GrantState.USED, now
    elif grant.revoked_at is not None:
        grant.state = GrantState.REVOKED
    elif grant.expires_at is not None and grant.expires_at <= now:
        grant.state, grant.expired_at = GrantState.EXPIRED, now
    else:
        grant.state = GrantState.ISSUED


def _write(book: Book, customer_id: int, grants: Iterable[Grant], event: str) -> None:
    for grant in grants:
        grant.save()
        book.tell(customer_id, event, {"grant": str(grant.uuid), "state": grant.state})
