"""Taking in what a shop tells of its orders, through the same services as every other door.

Deliveries come in any order, several times and at once: each fact has a name of Shopify's under which it is recorded
once, so nothing here needs to know what came before.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from config.lib.bodies import read_struct
from referrals.models.inbound import InboundEvent
from referrals.models.payments import Settlement
from referrals.models.purchases import PaymentStatus, Purchase
from referrals.models.shops import ShopifyShop
from referrals.selectors import live_code
from referrals.selectors.shops import categories_of
from referrals.services.codes import normalise_code
from referrals.services.shops import forget_product, learn_category
from rewards.engine.returns import Asked
from rewards.selectors.sales import payment_status
from rewards.services.conflicts import CONFLICTS
from rewards.services.intake import accept_purchases
from rewards.services.payments import accept_payment
from rewards.services.refunds import AlreadyRefunded, NeverPaid, accept_refund
from rewards.services.shopify.reading import (
    category_of,
    codes_of,
    goods_of,
    in_range,
    read_order,
    read_refund,
    refunded_at,
)
from rewards.services.shopify.shapes import Order, Product, Refund


@dataclass(frozen=True, slots=True)
class Told:
    """One delivery of a shop whose signature was good.

    :param event_id: names what happened, for ever: the same again changes nothing.
    :param body: parsed JSON.
    """

    shop: ShopifyShop
    event_id: str
    body: Any
    now: datetime


class Take(Protocol):
    """Takes in what one topic tells.

    :returns: whether there is something to evaluate now.
    :raises DomainError: if it cannot be taken in, now or ever.
    """

    def __call__(self, told: Told) -> bool: ...


def take_order(told: Told) -> bool:
    """Record the purchase that an order is. A test, and an order of nobody who is known, is none."""
    order = read_struct(told.body, Order)
    return order.customer is not None and not order.test and _record(told, order)


def take_payment(told: Told) -> bool:
    """An order has been paid: confirm its purchase, or record it if this is the first that is heard of it."""
    order = read_struct(told.body, Order)
    purchase = _purchase(told.shop, order.id)
    if purchase is None:
        return take_order(told)
    at = in_range(order.updated_at or told.now)
    return accept_payment(purchase_id=purchase.pk, status=Settlement.PAID, occurred_at=at, now=told.now).is_new


def take_refund(told: Told) -> bool:
    """Take back what was given for goods that are paid back; it may come before its order."""
    return _give_back(told, read_struct(told.body, Refund))


def take_cancellation(told: Told) -> bool:
    """An order was cancelled: void its payment if it was never made, else take everything back."""
    order = read_struct(told.body, Order)
    at = in_range(order.cancelled_at or told.now)
    purchase = _purchase(told.shop, order.id)
    if order.test or order.customer is None:
        return False
    if purchase is not None and payment_status(purchase) == PaymentStatus.PENDING:
        voided = Settlement.VOIDED
        return accept_payment(purchase_id=purchase.pk, status=voided, occurred_at=at, now=told.now).is_new
    return _refund(told.shop, order.id, cancellation_id(order), Asked(), at, told.now)


def cancellation_id(order: Order) -> str:
    """By which name the refund is stored that a cancelled order is."""
    return f"cancelled:{order.id}"


def take_product(told: Told) -> bool:
    """Learn the category of a product, for the orders to come."""
    product = read_struct(told.body, Product)
    learn_category(shop=told.shop, product_id=str(product.id), category=category_of(product))
    return False


def drop_product(told: Told) -> bool:
    """Forget a product."""
    forget_product(shop=told.shop, product_id=str(read_struct(told.body, Product).id))
    return False


TOPICS: Mapping[str, Take] = MappingProxyType(
    {
        "orders/create": take_order,
        "orders/paid": take_payment,
        "orders/cancelled": take_cancellation,
        "refunds/create": take_refund,
        "products/create": take_product,
        "products/update": take_product,
        "products/delete": drop_product,
    }
)


def _record(told: Told, order: Order) -> bool:
    merchant = told.shop.merchant
    known = InboundEvent.objects.filter(merchant=merchant, source=told.shop.source, event_id=told.event_id)
    # A repetition is known by its id alone: the code or the category may be another one by now.
    if order.customer is None or known.exists():
        return False
    products = [str(line.product_id) for line in goods_of(order) if line.product_id]
    event = read_order(
        order,
        order.customer,
        event_id=told.event_id,
        code=_referral_code(told, order),
        categories=categories_of(shop=told.shop, product_ids=products),
        currency=merchant.currency,
    )
    (outcome,) = accept_purchases(merchant=merchant, source=told.shop.source, events=[event], now=told.now)
    if outcome.kind == "conflict":
        raise CONFLICTS[outcome.code]
    return outcome.kind == "accepted"


def _referral_code(told: Told, order: Order) -> str:
    """The code that the order names; else the first discount code that is a referral code of this merchant."""
    named, typed = codes_of(order)
    if named:
        return named
    for code in typed:
        live = live_code(code=normalise_code(code), now=told.now)
        if live is not None and live.merchant_id == told.shop.merchant_id:
            return code
    return ""


def _give_back(told: Told, refund: Refund) -> bool:
    asked = read_refund(refund, currency=told.shop.merchant.currency)
    if asked is None or any(each.test for each in refund.transactions):
        return False
    return _refund(told.shop, refund.order_id, str(refund.id), asked, refunded_at(refund), told.now)


def _refund(shop: ShopifyShop, order_id: int, refund_id: str, asked: Asked, at: datetime, now: datetime) -> bool:
    """Record a refund. That nothing is left is no mistake: a cancellation and a refund can tell the same."""
    with suppress(AlreadyRefunded, NeverPaid):
        accepted = accept_refund(
            merchant=shop.merchant,
            reference=str(order_id),
            refund_id=refund_id,
            asked=asked,
            occurred_at=at,
            now=now,
        )
        return accepted.is_new
    return False


def _purchase(shop: ShopifyShop, order_id: int) -> Purchase | None:
    return Purchase.objects.filter(merchant=shop.merchant_id, order_id=str(order_id)).first()
