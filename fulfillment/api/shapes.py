"""What the top floor answers, and its shapes as JSON Schema for the API document."""

from typing import Any

from config.lib.openapi import NUMBER, TEXT, object_of
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.service_records import ServiceRecord, ServiceState
from fulfillment.selectors.redemptions import (
    appointment_of,
    codes_of,
    parcel_of,
    repair_of,
    steps_of,
    words_for_customer,
)
from fulfillment.selectors.service_records import Quote
from rewards.api.shapes import PERSON as WITHOUT_DELIVERIES

NULL = {"type": "null"}
MOMENT = {"type": "string", "format": "date-time"}
MAYBE_MOMENT = {"anyOf": [MOMENT, NULL]}
MAYBE_NUMBER = {"anyOf": [NUMBER, NULL]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _maybe(**properties: Any) -> dict[str, Any]:
    return {"anyOf": [object_of(**properties), NULL]}


STATUS = {"enum": [status.value for status in Status]}
REDEMPTION_LINE = object_of(
    id=TEXT,
    customerId=TEXT,
    rewardId=TEXT,
    name=TEXT,
    quantity=NUMBER,
    points_cost=NUMBER,
    status=STATUS,
    created_at=MOMENT,
    due_at=MAYBE_MOMENT,
)
REDEMPTION = object_of(
    **REDEMPTION_LINE["properties"],
    steps=_list(object_of(step=TEXT, at=MAYBE_MOMENT)),
    codes=_list(TEXT),
    shipment=_maybe(carrier=TEXT, tracking=TEXT, sent_at=MAYBE_MOMENT, delivered_at=MAYBE_MOMENT),
    appointment=_maybe(slot=TEXT, starts_at=MOMENT, ends_at=MOMENT, state=TEXT),
    repair=_maybe(reference=TEXT, price_before=NUMBER, price_after=NUMBER),
    notes=_list(TEXT),
)
REDEMPTIONS = object_of(redemptions=_list(REDEMPTION_LINE), next={"anyOf": [TEXT, NULL]})
SERVICE_RECORD = object_of(
    reference=TEXT,
    customer=TEXT,
    kind=TEXT,
    title=TEXT,
    region=TEXT,
    currency=TEXT,
    amount=NUMBER,
    final_amount=MAYBE_NUMBER,
    state={"enum": [state.value for state in ServiceState]},
    opened_at=MOMENT,
    ended_at=MAYBE_MOMENT,
)
PERSON = object_of(
    **WITHOUT_DELIVERIES["properties"],
    redemptions=_list({"type": "object"}),
    service_records=_list({"type": "object"}),
)
_PRICED = object_of(redemption=TEXT, rewardId=TEXT, name=TEXT, price_before=NUMBER, price_after=NUMBER)
QUOTE = object_of(
    reference=TEXT,
    currency=TEXT,
    amount=NUMBER,
    price=NUMBER,
    rewards_applied=_list(_PRICED),
    rewards_available=_list(_PRICED),
)


def redemption_line(redemption: Redemption) -> dict[str, Any]:
    """A redemption in a list."""
    return {
        "id": str(redemption.uuid),
        "customerId": redemption.customer.public_id,
        "rewardId": redemption.option.code,
        "name": redemption.option.name,
        "quantity": redemption.quantity,
        "points_cost": redemption.points,
        "status": redemption.status,
        "created_at": redemption.created_at,
        "due_at": redemption.due_at,
    }


def redemption_shape(redemption: Redemption) -> dict[str, Any]:
    """A redemption with all that its customer may know of it."""
    return {
        **redemption_line(redemption),
        "steps": [{"step": step.name, "at": step.at} for step in steps_of(redemption)],
        "codes": codes_of(redemption),
        "shipment": parcel_of(redemption),
        "appointment": appointment_of(redemption),
        "repair": repair_of(redemption),
        "notes": list(words_for_customer(redemption)),
    }


def service_record_shape(record: ServiceRecord, currency: str) -> dict[str, Any]:
    """A job of another system; amounts are minor units."""
    return {
        "reference": record.reference,
        "customer": record.customer.public_id,
        "kind": record.kind,
        "title": record.title,
        "region": record.region,
        "currency": currency,
        "amount": record.amount,
        "final_amount": record.final_amount,
        "state": record.state,
        "opened_at": record.opened_at,
        "ended_at": record.ended_at,
    }


def quote_shape(record: ServiceRecord, quoted: Quote, currency: str) -> dict[str, Any]:
    """A price, and what could be made of it; amounts are minor units."""
    applied = [(each.redemption, each.price_before, each.price_after) for each in quoted.applied]
    available = [(redemption, price.before, price.after) for redemption, price in quoted.available]
    return {
        "reference": record.reference,
        "currency": currency,
        "amount": record.amount,
        "price": quoted.price,
        "rewards_applied": [_priced(*each) for each in applied],
        "rewards_available": [_priced(*each) for each in available],
    }


def _priced(redemption: Redemption, before: int, after: int) -> dict[str, Any]:
    option = redemption.option
    return {
        "redemption": str(redemption.uuid),
        "rewardId": option.code,
        "name": option.name,
        "price_before": before,
        "price_after": after,
    }
