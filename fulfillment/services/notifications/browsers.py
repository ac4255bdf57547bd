"""The browsers and apps that people let us wake: those of customers, and of the technicians who are told of jobs."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from config.lib.bodies import mistake
from config.lib.errors import NotFound
from config.lib.outbound import is_postable
from fulfillment.models.notifications import PushSubscription
from fulfillment.models.technicians import Technician
from fulfillment.services.notifications.push import is_browser_key
from referrals.models.customers import Customer
from referrals.selectors import of_person
from referrals.services.erasure import hold_customers

SUBSCRIPTIONS_MAX = 20
AUTH_BYTES = 16


def subscribe_push(
    *, reader: Customer | Technician, endpoint: str, p256dh: bytes, auth: bytes, now: datetime
) -> PushSubscription:
    """Let us wake a browser of somebody; the newest twenty are kept.

    :param p256dh: the browser's public key, an uncompressed point.
    :param auth: its secret, 16 bytes.
    :raises Invalid: if the address may not be posted to, or the keys are none.
    """
    if not is_postable(endpoint):
        raise mistake("The subscription has a mistake.", "/endpoint", "not_postable", "Must be a public https address")
    if not is_browser_key(p256dh) or len(auth) != AUTH_BYTES:
        raise mistake("The subscription has a mistake.", "/keys", "unknown", "Must be those of the browser")
    columns = {
        "merchant": reader.merchant,
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
        "created_at": now,
    }
    with transaction.atomic():
        if isinstance(reader, Customer):
            hold_customers(customers=[reader])
        kept, _ = PushSubscription.objects.update_or_create(
            **_whose(reader), endpoint_hash=_hash(endpoint), defaults=columns
        )
        own = PushSubscription.objects.filter(**_whose(reader))
        newest = own.order_by("-created_at", "-pk").values("pk")[:SUBSCRIPTIONS_MAX]
        own.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return kept


def unsubscribe_push(*, customer: Customer, uuid: UUID) -> None:
    """Wake a browser of a customer no more.

    :raises NotFound: if they have no such browser.
    """
    deleted, _ = PushSubscription.objects.filter(of_person(customer.pk), uuid=uuid).delete()
    if not deleted:
        raise NotFound("There is no such subscription.")


def forget_browser(*, reader: Customer | Technician, endpoint: str) -> None:
    """Wake a browser of somebody no longer, which tells its own address."""
    PushSubscription.objects.filter(**_whose(reader), endpoint_hash=_hash(endpoint)).delete()


def _whose(reader: Customer | Technician) -> dict[str, Any]:
    """The column that says whose a browser is: a technician's is a person's, for whomever they work."""
    return {"customer": reader} if isinstance(reader, Customer) else {"user": reader.user}


def _hash(endpoint: str) -> bytes:
    """What finds an address again: it cannot be guessed, so that the hash needs no key, and survives a change of it."""
    return hashlib.sha256(endpoint.encode()).digest()
