"""What of Shopify's payloads is read: their names, and only the fields that mean something here.

Amounts are decimal text in the shop's currency, as Shopify writes them beside the customer's.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Amount = Annotated[str, Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$(?!\n)")]
When = Annotated[datetime, Meta(tz=True)]
Tags = str | list[str] | None
LINES_MAX = 1_000
Lines = Annotated[tuple["Line", ...], Meta(max_length=LINES_MAX)]


class Person(msgspec.Struct, frozen=True):
    """A customer of the shop."""

    id: Id
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Allocation(msgspec.Struct, frozen=True):
    """The part of a discount that falls on a line."""

    amount: Amount


class Tax(msgspec.Struct, frozen=True):
    """A tax on a line."""

    price: Amount


class Line(msgspec.Struct, frozen=True):
    """A line of an order; `price` is what one item costs before discounts."""

    id: Id
    price: Amount
    quantity: Annotated[int, Meta(ge=0, le=10_000)]
    sku: str | None = None
    title: str | None = None
    product_id: Id | None = None
    product_type: str | None = None
    tags: Tags = None
    gift_card: bool = False
    discount_allocations: tuple[Allocation, ...] = ()
    tax_lines: tuple[Tax, ...] = ()


class DiscountCode(msgspec.Struct, frozen=True):
    """A code that was typed at the checkout."""

    code: str


class NoteAttribute(msgspec.Struct, frozen=True):
    """What the shop's pages wrote beside the order."""

    name: str
    value: Any = None


class Order(msgspec.Struct, frozen=True):
    """An order, as `orders/create`, `orders/paid` and `orders/cancelled` tell it."""

    id: Id
    created_at: When
    currency: str
    line_items: Lines
    processed_at: When | None = None
    updated_at: When | None = None
    cancelled_at: When | None = None
    financial_status: str | None = None
    customer: Person | None = None
    email: str | None = None
    contact_email: str | None = None
    taxes_included: bool = False
    test: bool = False
    discount_codes: tuple[DiscountCode, ...] = ()
    note_attributes: tuple[NoteAttribute, ...] = ()
    landing_site: str | None = None
    refunds: tuple["Refund", ...] = ()


class Money(msgspec.Struct, frozen=True):
    """An amount with its currency."""

    amount: Amount
    currency_code: str = ""


class MoneySet(msgspec.Struct, frozen=True):
    """An amount in the shop's currency; the customer's is beside it and not read."""

    shop_money: Money


class RefundedShipping(msgspec.Struct, frozen=True):
    """Shipping that is paid back."""

    subtotal_amount_set: MoneySet | None = None


class Adjustment(msgspec.Struct, frozen=True):
    """What is paid back besides items: shipping, or a difference."""

    kind: str
    amount: Amount
    tax_amount: Amount = "0"


class Transaction(msgspec.Struct, frozen=True):
    """A movement of money."""

    kind: str
    status: str
    amount: Amount
    currency: str | None = None
    test: bool = False


class RefundedLine(msgspec.Struct, frozen=True):
    """Items of a line that come back."""

    line_item_id: Id
    quantity: Annotated[int, Meta(ge=0, le=10_000)]
    line_item: Line | None = None


class Refund(msgspec.Struct, frozen=True):
    """What `refunds/create` tells."""

    id: Id
    order_id: Id
    created_at: When
    processed_at: When | None = None
    refund_line_items: Annotated[tuple[RefundedLine, ...], Meta(max_length=LINES_MAX)] = ()
    refund_shipping_lines: tuple[RefundedShipping, ...] = ()
    order_adjustments: tuple[Adjustment, ...] = ()
    transactions: tuple[Transaction, ...] = ()


class Product(msgspec.Struct, frozen=True):
    """What `products/create` and `products/update` tell; of one that was deleted only the id."""

    id: Id
    product_type: str | None = None
    tags: Tags = None
