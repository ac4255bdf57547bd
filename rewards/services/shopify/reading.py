"""Putting an order or a refund of Shopify's into our words; pure, and exact to the minor unit."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.lib.bodies import check_moment, mistake
from config.lib.money import minor_units
from rewards.engine.returns import Asked, AskedLine
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event
from rewards.services.shopify.shapes import Line, Order, Person, Product, Refund

CODE = "referral_code"
"""The attribute of an order, and the parameter of the first address that was opened, which carry the code: links to a
destination carry it under this name."""

CATEGORY_TAG = "category:"
PAID = frozenset({"paid", "partially_refunded", "refunded"})
_SEPARATORS = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def read_order(
    order: Order, person: Person, *, event_id: str, code: str, categories: Mapping[str, str], currency: str
) -> PurchaseEvent:
    """The purchase that an order is: what was paid for the goods.

    Discounts are taken off, line by line; shipping, duties, tips and taxes are not in it, also taxes that the prices
    include. A gift card is money for later: what it buys will be a purchase, and it is none.

    :param code: the referral code that it brings; empty if none.
    :param categories: of products, by their id.
    :raises Invalid: if it is in another currency, or cannot be a purchase.
    """
    lines = [(line, _paid_for(line, order, currency)) for line in goods_of(order)]
    raw = {
        "event_id": event_id,
        "order_id": str(order.id),
        "occurred_at": order.processed_at or order.created_at,
        "currency": order.currency,
        "total": sum(paid for _, paid in lines),
        "customer": _customer(order, person),
        "items": [_item(line, paid, categories) for line, paid in lines],
        "payment_status": "paid" if order.financial_status in PAID else "pending",
        **({"referral_code": code} if code else {}),
    }
    return read_purchase_event(raw, currency=currency)


def goods_of(order: Order) -> list[Line]:
    """The lines of an order that are a purchase."""
    return [line for line in order.line_items if line.quantity and not line.gift_card]


def codes_of(order: Order) -> tuple[str, list[str]]:
    """What the order names as its referral code, and the codes that may be one or a mere discount."""
    named = [str(each.value or "") for each in order.note_attributes if each.name == CODE]
    landed = parse_qs(_query_of(order.landing_site or "")).get(CODE, [])
    code = next((clean(each, 64) for each in [*named, *landed] if each.strip()), "")
    return code, [clean(each.code, 64) for each in order.discount_codes]


def read_refund(refund: Refund, *, currency: str) -> Asked | None:
    """What a refund pays back of the goods; None if it is nothing.

    Items that come back are told by their number, and count with what they cost here. Where none come back it is the
    money that does, less shipping, as far as so much is left: taxes may be in it.

    :raises Invalid: if it is in another currency.
    """
    if refund.refund_line_items:
        items: Counter[int] = Counter()
        for back in refund.refund_line_items:
            if back.line_item is None or not back.line_item.gift_card:
                items[back.line_item_id] += back.quantity
        lines = tuple(AskedLine(key=str(line), quantity=count) for line, count in sorted(items.items()) if count)
        return Asked(lines=lines) if lines else None
    paid_back = [each for each in refund.transactions if each.kind == "refund" and each.status == "success"]
    for place, each in enumerate(paid_back):
        if each.currency not in {None, currency}:
            detail = f"The refund is in {each.currency}, and this merchant's currency is {currency}."
            raise mistake(detail, f"/transactions/{place}/currency", "other_currency", f"Must be {currency}")
    amount = sum(minor_units(each.amount, currency) for each in paid_back) - _shipping(refund, currency)
    return Asked(amount=amount, at_most=True) if amount > 0 else None


def refunded_at(refund: Refund) -> datetime:
    """When money was paid back.

    :raises Invalid: if it is out of range.
    """
    return in_range(refund.processed_at or refund.created_at)


def in_range(moment: datetime) -> datetime:
    """A moment that can be kept.

    :raises Invalid: if it is out of range.
    """
    check_moment(moment, "/created_at")
    return moment


def category_of(told: Line | Product) -> str:
    """What policies call the kind of a product: its tag `category:…`, else its type, in small letters."""
    written = told.tags if isinstance(told.tags, list) else (told.tags or "").split(",")
    tags = [tag.strip().lower() for tag in written]
    tagged = [tag.removeprefix(CATEGORY_TAG) for tag in tags if tag.startswith(CATEGORY_TAG)]
    return clean(next(iter(tagged), "") or (told.product_type or "").lower(), 50)


def clean(text: str, length_max: int) -> str:
    """Text as it can be kept: on one line, without control characters, and no longer than can be."""
    return _SEPARATORS.sub(" ", text).strip()[:length_max].rstrip()


def _paid_for(line: Line, order: Order, currency: str) -> int:
    """What was paid for a line, in minor units, without taxes."""
    taken_off = sum(Decimal(each.amount) for each in line.discount_allocations)
    taxes = sum(Decimal(each.price) for each in line.tax_lines) if order.taxes_included else Decimal(0)
    return max(0, minor_units(Decimal(line.price) * line.quantity - taken_off - taxes, currency))


def _item(line: Line, paid: int, categories: Mapping[str, str]) -> dict[str, Any]:
    # Where items of a line cost unequal parts of a minor unit, the total is exact, and the line off by less than one
    # for each item.
    known = categories.get(str(line.product_id), "")
    return {
        "key": str(line.id),
        "sku": clean(line.sku or "", 100) or str(line.product_id or line.id),
        "name": clean(line.title or "", 200),
        "category": category_of(line) or known,
        "quantity": line.quantity,
        "unit_price": paid // line.quantity,
    }


def _customer(order: Order, person: Person) -> dict[str, str]:
    names = " ".join(name for name in (person.first_name, person.last_name) if name)
    addresses = (clean(each or "", 254) for each in (person.email, order.email, order.contact_email))
    address = next((each for each in addresses if _ADDRESS.fullmatch(each)), "")
    told = {"name": clean(names, 100), "email": address}
    return {"id": str(person.id), **{key: text for key, text in told.items() if text}}


def _shipping(refund: Refund, currency: str) -> int:
    adjusted = [each for each in refund.order_adjustments if each.kind == "shipping_refund"]
    lines = [
        each.subtotal_amount_set.shop_money.amount for each in refund.refund_shipping_lines if each.subtotal_amount_set
    ]
    amounts = lines or [amount for each in adjusted for amount in (each.amount, each.tax_amount)]
    return sum(abs(minor_units(amount, currency)) for amount in amounts)


def _query_of(address: str) -> str:
    try:
        return urlsplit(address).query
    except ValueError:
        return ""
