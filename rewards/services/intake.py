"""T1: a purchase event becomes a fact and a work order, in one transaction, once.

The same event is recognised by its id, the same order through another door by its order id; other content
under a known id is recorded as a conflict and never applied. Everything is written in the order of ids within a
table, so that two intakes of the same events wait for each other and never cross.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F

from config.lib.bulk import execute_rows
from config.lib.ids import uuid7
from referrals.models.inbound import InboundEvent
from referrals.models.merchants import Merchant
from referrals.models.payments import Settlement
from referrals.models.purchases import Purchase
from referrals.models.risk import TraceKind
from referrals.services.codes import normalise_code
from referrals.services.customers import Identity, find_or_create_customers
from referrals.services.traces import Trace, record_traces
from rewards.models.evaluations import SHARDS, Trigger
from rewards.services.payments import PaymentConflict, accept_payment
from rewards.services.purchase_events import PurchaseEvent, content_hash

EVENT_CONFLICT = "event_conflict"
ORDER_CONFLICT = "order_conflict"
NOBODY: Mapping[str, int] = MappingProxyType({})


class Outcome(msgspec.Struct, frozen=True):
    """What became of one event.

    `accepted`: a new fact, whose id is `uuid`; `repeated`: one that is known already; `conflict`: other content under
    a known id, `code` says which id.
    """

    kind: Literal["accepted", "repeated", "conflict"]
    uuid: UUID | None = None
    code: str = ""


class _Delivery(msgspec.Struct, frozen=True):
    """What is on record of an event id."""

    order_id: str
    content_hash: bytes
    refused: bool


class _Order(msgspec.Struct, frozen=True):
    """What is on record of an order id; `buyers` are who bought it, and who goes on for them if they were merged."""

    id: int
    uuid: UUID
    buyers: tuple[int | None, ...]
    total: int
    payment_status: str


def accept_purchases(
    *,
    merchant: Merchant,
    source: str,
    events: Sequence[PurchaseEvent],
    now: datetime,
    known: Mapping[str, int] = NOBODY,
) -> list[Outcome]:
    """Record purchases, each with the work order that will evaluate it.

    :param source: the door that the events came through; event ids are unique within it.
    :param known: customers whom the caller knows already, by what the events call them.
    :returns: one outcome an event, in their order. Only once the transaction has ended are they true.
    """
    hashes = {id(event): content_hash(event) for event in events}
    with transaction.atomic():
        first = _first_by(attrgetter("event_id"), events)
        fresh_ids = _record_deliveries(merchant, source, first, hashes, now)
        fresh = [event for event_id, event in first.items() if event_id in fresh_ids]
        deliveries = {event.event_id: _Delivery(event.order_id, hashes[id(event)], refused=False) for event in fresh}
        deliveries |= _known_deliveries(merchant, source, first.keys() - fresh_ids)
        strangers = [event for event in fresh if event.customer.id not in known]
        customers = {**_customers(merchant, strangers, now), **known}
        opening = _first_by(attrgetter("order_id"), fresh)
        created = _record_orders(merchant, opening.values(), customers, now)
        orders = created | _known_orders(merchant, {d.order_id for d in deliveries.values()} - created.keys())
        contrary = [event for event in fresh if not _agrees(event, orders[event.order_id], customers)]
        believed = [event for event in opening.values() if event not in contrary]
        record_traces(merchant_id=merchant.pk, traces=_payment_traces(believed, customers), now=now)
        _refuse_deliveries(merchant, source, contrary)
        refused = {event.event_id for event in contrary} | {key for key, d in deliveries.items() if d.refused}
        outcomes, paid = [], dict[int, datetime]()
        for event in events:
            delivery = deliveries[event.event_id]
            if delivery.content_hash != hashes[id(event)]:
                outcomes.append(Outcome("conflict", code=EVENT_CONFLICT))
            elif event.event_id in refused:
                outcomes.append(Outcome("conflict", code=ORDER_CONFLICT))
            else:
                is_new = event.order_id in created and event is opening.get(event.order_id)
                order = orders[delivery.order_id]
                outcomes.append(Outcome("accepted" if is_new else "repeated", order.uuid))
                if event.payment_status == "paid" != order.payment_status:
                    paid[order.id] = event.occurred_at
        _count_conflicts(merchant, source, events, outcomes, now)
        _confirm(paid, now)
    return outcomes


def _first_by(key: Callable[[PurchaseEvent], str], events: Iterable[PurchaseEvent]) -> dict[str, PurchaseEvent]:
    """The first event under each key, in their order: whatever else comes under it must agree with that one."""
    first: dict[str, PurchaseEvent] = {}
    for event in events:
        first.setdefault(key(event), event)
    return first


def _record_deliveries(
    merchant: Merchant,
    source: str,
    first: Mapping[str, PurchaseEvent],
    hashes: Mapping[int, bytes],
    now: datetime,
) -> set[str]:
    """Put events on record; those that were not known before are returned by id."""
    rows = execute_rows(
        """
        INSERT INTO referrals_inboundevent (merchant_id, source, event_id, order_id, content_hash, received_at,
            refused, conflict_count)
        SELECT %s, %s, event_id, order_id, decode(content_hash, 'hex'), %s, false, 0
        FROM json_to_recordset(%s) AS event (event_id text, order_id text, content_hash text)
        ORDER BY event_id
        ON CONFLICT (merchant_id, source, event_id) DO NOTHING
        RETURNING event_id
        """,
        [
            {"event_id": event.event_id, "order_id": event.order_id, "content_hash": hashes[id(event)].hex()}
            for event in first.values()
        ],
        before=[merchant.pk, source, now],
    )
    return {event_id for (event_id,) in rows}


def _known_deliveries(merchant: Merchant, source: str, event_ids: Collection[str]) -> dict[str, _Delivery]:
    if not event_ids:
        return {}
    rows = InboundEvent.objects.filter(merchant=merchant, source=source, event_id__in=list(event_ids))
    return {
        event_id: _Delivery(order_id, bytes(content_hash), refused)
        for event_id, order_id, content_hash, refused in rows.values_list(
            "event_id", "order_id", "content_hash", "refused"
        )
    }


def _customers(merchant: Merchant, events: Iterable[PurchaseEvent], now: datetime) -> dict[str, int]:
    identities = [
        Identity(event.customer.id, event.customer.email or "", event.customer.name or "") for event in events
    ]
    # Of one customer the last identity counts: let it be the one that tells most.
    identities.sort(key=lambda identity: (identity.email != "", identity.name != ""))
    return find_or_create_customers(merchant=merchant, identities=identities, now=now) if identities else {}


def _record_orders(
    merchant: Merchant, events: Iterable[PurchaseEvent], customers: Mapping[str, int], now: datetime
) -> dict[str, _Order]:
    """Write the purchases that are new, and their work orders; each event is of another order."""
    purchases = {event.order_id: _purchase_row(event, customers[event.customer.id]) for event in events}
    rows = execute_rows(
        f"""
        WITH purchase AS (
            INSERT INTO referrals_purchase (uuid, merchant_id, customer_id, order_id, occurred_at, received_at, total,
                lines, referral_code, payment_status)
            SELECT uuid, %s, customer_id, order_id, occurred_at, %s, total, lines, referral_code, payment_status
            FROM json_to_recordset(%s) AS purchase (uuid uuid, customer_id bigint, order_id text,
                occurred_at timestamptz, total bigint, lines jsonb, referral_code text, payment_status text)
            ORDER BY order_id
            ON CONFLICT (merchant_id, order_id) DO NOTHING
            RETURNING id, merchant_id, customer_id, order_id, occurred_at, received_at
        ), work AS (
            INSERT INTO rewards_evaluation (merchant_id, trigger, subject_type, subject_id, customer_id, shard,
                occurred_at, depth, state, attempts, due_at, failure, created_at)
            SELECT purchase.merchant_id, '{Trigger.PURCHASE_COMPLETED}', 'purchase', purchase.id, customer.id,
                mod(coalesce(customer.root_id, customer.id), {SHARDS}), purchase.occurred_at, 0, 'pending', 0,
                purchase.received_at, '', purchase.received_at
            FROM purchase JOIN referrals_customer AS customer ON customer.id = purchase.customer_id
            ORDER BY purchase.id
        )
        SELECT id, order_id FROM purchase
        """,  # noqa: S608 (the constants are ours)
        list(purchases.values()),
        before=[merchant.pk, now],
    )
    orders = {}
    for id_, order_id in rows:
        row = purchases[order_id]
        orders[order_id] = _Order(id_, row["uuid"], (row["customer_id"],), row["total"], row["payment_status"])
    return orders


def _purchase_row(event: PurchaseEvent, customer_id: int) -> dict[str, Any]:
    return {
        "uuid": uuid7(),
        "customer_id": customer_id,
        "order_id": event.order_id,
        "occurred_at": event.occurred_at,
        "total": event.total,
        "lines": event.items,
        "referral_code": normalise_code(event.referral_code or ""),
        "payment_status": event.payment_status,
    }


def _payment_traces(events: Iterable[PurchaseEvent], customers: Mapping[str, int]) -> list[Trace]:
    return [
        Trace(customers[event.customer.id], TraceKind.PAYMENT, event.payment_fingerprint)
        for event in events
        if event.payment_fingerprint
    ]


def _known_orders(merchant: Merchant, order_ids: Collection[str]) -> dict[str, _Order]:
    if not order_ids:
        return {}
    rows = Purchase.objects.filter(merchant=merchant, order_id__in=list(order_ids))
    return {
        order_id: _Order(id_, uuid, (customer_id, merged_into), total, payment_status)
        for order_id, id_, uuid, customer_id, merged_into, total, payment_status in rows.values_list(
            "order_id", "id", "uuid", "customer_id", "customer__merged_into", "total", "payment_status"
        )
    }


def _agrees(event: PurchaseEvent, order: _Order, customers: Mapping[str, int]) -> bool:
    """Doors word an order differently, but its customer and its total are the same through all of them."""
    return order.total == event.total and customers[event.customer.id] in order.buyers


def _refuse_deliveries(merchant: Merchant, source: str, events: Sequence[PurchaseEvent]) -> None:
    if events:
        ids = [event.event_id for event in events]
        InboundEvent.objects.filter(merchant=merchant, source=source, event_id__in=ids).update(refused=True)


def _confirm(paid: Mapping[int, datetime], now: datetime) -> None:
    """A later event says that an order has been paid, which an earlier one told before it was.

    One that is on record as never paid stays so.
    """
    for purchase_id, occurred_at in sorted(paid.items()):
        with suppress(PaymentConflict):
            accept_payment(purchase_id=purchase_id, status=Settlement.PAID, occurred_at=occurred_at, now=now)


def _count_conflicts(
    merchant: Merchant,
    source: str,
    events: Sequence[PurchaseEvent],
    outcomes: Sequence[Outcome],
    now: datetime,
) -> None:
    ids = [event.event_id for event, outcome in zip(events, outcomes, strict=True) if outcome.kind == "conflict"]
    if ids:
        InboundEvent.objects.filter(merchant=merchant, source=source, event_id__in=ids).update(
            conflict_count=F("conflict_count") + 1, last_conflict_at=now
        )
