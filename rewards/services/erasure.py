"""Erasing a person, through all floors: what names them goes, and the books stay whole.

What they did keeps its place under our own id: account, entries, purchases, referrals, decisions. Order ids, ids of
events and references are the merchant's, who knows by them what to erase on their side.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from config.lib import snapshots
from config.lib.errors import DomainError
from config.lib.prepared import execute_prepared
from credits.services.erasure import forget_words
from referrals.models.audit import AuditAction
from referrals.models.customers import Customer
from referrals.services.audit import record_audit
from referrals.services.erasure import forget_identity, lock_person
from rewards.models.segments import SegmentMember

TRIES_MAX = 50
BETWEEN_TRIES_SECONDS = 0.1


class RedisAway(DomainError):
    """Redis is away, and what it remembers of the customer could not be deleted; nothing was."""

    code = "redis_away"
    status = 503
    retry_after_seconds = 5


class CustomerBusy(DomainError):
    """Something is being done to this customer all the time; ask again in a moment."""

    code = "customer_busy"
    retry_after_seconds = 5


Forget = Callable[[Customer], None]
"""Takes away what a floor above knows of a person, whose row is locked."""


def erase_customer(
    *, customer: Customer, now: datetime, reason: str, actor: str = "command", forget: Forget = lambda _person: None
) -> bool:
    """Forget who a customer is: name, addresses, birthday, the merchant's id, login, codes, and what was said of them.

    All of it or nothing. Nothing is kept by which they would be known again: under the old id they are a new customer.
    Again, it takes away only what was said of them since.

    :param reason: why, as a code such as `customer_request`.
    :param actor: who does it, in a word that is not a name.
    :param forget: what is done besides, in the same transaction.
    :returns: whether it was done now; False if it had been done before.
    :raises RedisAway: if it cannot be done at the moment.
    :raises CustomerBusy: if somebody else held the customer at every try.
    """
    for _ in range(TRIES_MAX):
        with suppress(CustomerBusy):
            return _erase(customer.pk, now, reason, actor, forget)
        time.sleep(BETWEEN_TRIES_SECONDS)
    raise CustomerBusy


def _erase(customer_id: int, now: datetime, reason: str, actor: str, forget: Forget) -> bool:
    """Try to do it once.

    Batches hold some customers before they wait for accounts, and others after it. Here the accounts come first, and
    then nobody is waited for, so it cannot meet any of them crosswise.
    """
    with transaction.atomic():
        forget_words(customer_id=customer_id)
        person = lock_person(customer_id=customer_id)
        if person is None:
            raise CustomerBusy
        forget(person)
        if person.erased_at is not None:
            return False
        references = [each for each in (person.external_id, str(person.uuid)) if each]
        forget_identity(customer=person, now=now)
        SegmentMember.objects.filter(customer=person).delete()
        record_audit(action=AuditAction.ERASED, customers=[person], actor=actor, reason=reason, now=now)
        _forget_snapshots(person, references)
    return True


def _forget_snapshots(person: Customer, references: list[str]) -> None:
    """Delete what Redis has; the mark keeps readers who are under way from putting it back."""
    ((transaction_id,),) = execute_prepared("SELECT pg_current_xact_id()::text", [])
    snapshots.mark(merchant_id=person.merchant_id, customer_ids=[person.pk], transaction_id=transaction_id)
    if not snapshots.forget(merchant_id=person.merchant_id, references=references):
        raise RedisAway
