"""A purchase event as every door delivers it: its shape, its limits, and how a wrong one is refused."""

from datetime import UTC
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from config.lib.bodies import (
    MONEY_MAX,
    Category,
    Code,
    Email,
    Identifier,
    Moment,
    Money,
    PersonName,
    Text,
    check_moment,
    mistake,
    read_struct,
)
from config.lib.encryption import keyed_hash

QUANTITY_MAX = 10_000
LINES_MAX = 1_000


class CustomerOfEvent(msgspec.Struct, frozen=True):
    """Who bought, by the merchant's own id."""

    id: Identifier
    email: Email | None = None
    name: PersonName | None = None


class LineOfEvent(msgspec.Struct, frozen=True):
    """One line of what was bought."""

    sku: Identifier
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
    unit_price: Money
    name: Text = ""
    category: Category = ""
    key: Identifier | msgspec.UnsetType = msgspec.UNSET


class PurchaseEvent(msgspec.Struct, frozen=True):
    """A completed purchase, told by another system; fields that are not named here are ignored."""

    event_id: Identifier
    order_id: Identifier
    occurred_at: Moment
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217; the merchant's currency.")]
    total: Money
    customer: CustomerOfEvent
    items: Annotated[tuple[LineOfEvent, ...], Meta(max_length=LINES_MAX)] = ()
    referral_code: Code | None = None
    payment_status: Literal["paid", "pending"] = "paid"
    payment_fingerprint: Annotated[
        Identifier | msgspec.UnsetType,
        Meta(description="What your payment service calls the card or account; only a hash of it is kept."),
    ] = msgspec.UNSET


def read_purchase_event(raw: Any, *, currency: str) -> PurchaseEvent:
    """Read one purchase event.

    :param raw: parsed JSON.
    :param currency: the merchant's; no other is accepted.
    :raises Invalid: naming the place and the mistake.
    """
    event = read_struct(raw, PurchaseEvent)
    if event.currency != currency:
        detail = f"The purchase is in {event.currency}, and this merchant's currency is {currency}."
        raise mistake(detail, "/currency", "other_currency", f"Must be {currency}")
    check_moment(event.occurred_at, "/occurred_at")
    if sum(line.quantity * line.unit_price for line in event.items) > MONEY_MAX:
        detail = "The lines come to more than can be accepted."
        raise mistake(detail, "/items", "out_of_range", f"Must come to {MONEY_MAX} or less")
    return event


def content_hash(event: PurchaseEvent) -> bytes:
    """A keyed hash of what an event says, without its id: equal for a repetition, other for a conflict."""
    said = msgspec.structs.replace(event, event_id="-", occurred_at=event.occurred_at.astimezone(UTC))
    return keyed_hash(msgspec.json.encode(said))
