"""What Shopify asks of everybody who reads its customers: to tell them what is known, and to forget them."""

import time
from contextlib import suppress
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from config.lib.bodies import read_struct
from config.lib.errors import NotFound
from fulfillment.services.erasure import erase_customer
from referrals.models.audit import AuditAction
from referrals.models.customers import Customer
from referrals.models.events import Event
from referrals.models.inbound import InboundEvent
from referrals.models.purchases import Purchase
from referrals.models.shops import ShopifyShop
from referrals.selectors import get_customer
from referrals.services.audit import record_audit
from referrals.services.events import NewEvent, record_events
from referrals.services.shops import ask_redaction, end_redaction
from rewards.services.shopify.shapes import Id
from rewards.services.shopify.taking import Told

DATA_REQUESTED = "customer.data_requested"
REASON = "shopify_request"


class _Person(msgspec.Struct, frozen=True):
    id: Id


class _Request(msgspec.Struct, frozen=True):
    id: Id


class _Redaction(msgspec.Struct, frozen=True):
    """What `customers/redact` tells."""

    customer: _Person


class _DataRequest(msgspec.Struct, frozen=True):
    """What `customers/data_request` tells."""

    customer: _Person
    data_request: _Request


def redact_customer(told: Told) -> bool:
    """Forget a customer of the shop, on all floors; one who is not known, or no more, needs nothing.

    :raises RedisAway: if it cannot be done at the moment.
    :raises CustomerBusy: if somebody else held the customer at every try.
    """
    person = read_struct(told.body, _Redaction).customer
    with suppress(NotFound):
        customer = get_customer(merchant=told.shop.merchant, reference=str(person.id))
        erase_customer(customer=customer, now=told.now, reason=REASON, actor=_actor(told.shop))
    return False


def request_data(told: Told) -> bool:
    """A customer asked the shop what is known of them: write it down, and tell the merchant, who answers them.

    What is known goes to nobody by itself: the merchant exports it, and gives it to the person whom they know.
    """
    asked = read_struct(told.body, _DataRequest)
    with suppress(NotFound), transaction.atomic():
        found = get_customer(merchant=told.shop.merchant, reference=str(asked.customer.id))
        customer = Customer.objects.select_for_update(no_key=True).get(pk=found.pk)
        events = Event.objects.filter(subject_type="customer", subject_id=customer.pk)
        if events.filter(type=DATA_REQUESTED, payload__request=asked.data_request.id).exists():
            return False
        last = events.aggregate(last=Max("sequence"))["last"] or 0
        payload = {"customer": str(customer.uuid), "request": asked.data_request.id}
        event = NewEvent(DATA_REQUESTED, "customer", customer.pk, last + 1, payload)
        record_events(merchant_id=customer.merchant_id, events=[event], now=told.now)
        action = AuditAction.REQUESTED
        record_audit(action=action, customers=[customer], actor=_actor(told.shop), reason=REASON, now=told.now)
    return False


def redact_shop(told: Told) -> bool:
    """The merchant has removed us from their shop: forget whom we know by it alone."""
    ask_redaction(shop=told.shop, now=told.now)
    return False


def redact_shops(*, now: datetime, seconds: float) -> None:
    """Forget the customers of shops that asked for it, for at most a slice of time; the next sweep goes on.

    Whoever has a login here, or bought elsewhere too, is the merchant's customer without the shop.
    """
    until = time.monotonic() + seconds
    for shop in ShopifyShop.objects.select_related("merchant").exclude(redaction_asked_at=None).order_by("pk"):
        for customer in _known_by_it_alone(shop).iterator():
            erase_customer(customer=customer, now=now, reason=REASON, actor=_actor(shop))
            if time.monotonic() > until:
                return
        end_redaction(shop=shop)


def _known_by_it_alone(shop: ShopifyShop) -> QuerySet[Customer]:
    delivered = InboundEvent.objects.filter(
        merchant_id=OuterRef("merchant_id"), source=shop.source, order_id=OuterRef("order_id")
    )
    bought = Purchase.objects.filter(customer=OuterRef("pk"))
    through_it, elsewhere = bought.filter(Exists(delivered)), bought.filter(~Exists(delivered))
    people = Customer.objects.filter(merchant=shop.merchant_id, user=None, erased_at=None, merged_into=None)
    return people.filter(Exists(through_it), ~Exists(elsewhere))


def _actor(shop: ShopifyShop) -> str:
    return f"shopify:{shop.pk}"
