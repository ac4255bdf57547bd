"""Comparing what a shop has with what is stored, and taking in what is missing: webhooks are not promised to arrive."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.lib.bodies import read_struct
from config.lib.errors import DomainError
from referrals.models.payments import Settlement
from referrals.models.purchases import PaymentStatus, Purchase
from referrals.models.refunds import Refund as StoredRefund
from referrals.models.shops import ShopifyShop
from referrals.selectors import goes_by
from rewards.selectors.sales import payment_status, sale_of, settled_refunds
from rewards.services.shopify.reading import PAID, read_order, read_refund
from rewards.services.shopify.shapes import Order
from rewards.services.shopify.taking import (
    Take,
    Told,
    cancellation_id,
    take_cancellation,
    take_order,
    take_payment,
    take_refund,
)

Report = Callable[[str, str], None]


@dataclass(slots=True)
class Difference:
    """How many orders there were, what of them was missing here, and what is otherwise or cannot be taken in."""

    orders: int = 0
    purchases: int = 0
    payments: int = 0
    refunds: int = 0
    cancellations: int = 0
    different: int = 0
    invalid: int = 0

    @property
    def is_none(self) -> bool:
        """Whether nothing is missing, and nothing otherwise."""
        found = (self.purchases, self.payments, self.refunds, self.cancellations, self.different, self.invalid)
        return not any(found)


@dataclass(frozen=True, slots=True)
class _Missing:
    """One thing that is not stored: what it is called, and how it is taken in."""

    kind: str
    take: Take
    body: Any


def reconcile(
    *, shop: ShopifyShop, orders: Iterable[Any], is_to_be_taken: bool, report: Report, now: datetime
) -> Difference:
    """Compare orders, as Shopify lists them, with what is stored; take in what is missing, if that is wished.

    What is taken in goes through the same services as webhooks, so doing it again, or beside them, changes nothing.

    :param orders: parsed JSON, in the shape of `orders/create`, with their refunds.
    :param report: told the order and the difference, of each.
    """
    found = Difference()
    for raw in orders:
        found.orders += 1
        name = str(raw.get("id")) if isinstance(raw, dict) else ""
        try:
            order = read_struct(raw, Order)
            for missing in _missing(shop, order, raw, now):
                setattr(found, missing.kind, getattr(found, missing.kind) + 1)
                report(name, missing.kind)
                if is_to_be_taken:
                    missing.take(Told(shop, f"reconciled:{name}", missing.body, now))
            if _is_different(shop, order):
                found.different += 1
                report(name, "different: it is stored with another total or customer, and the first stands")
        except DomainError as error:
            found.invalid += 1
            report(name, f"invalid: {error.detail}")
    return found


def _missing(shop: ShopifyShop, order: Order, raw: Any, now: datetime) -> Iterator[_Missing]:
    """What of an order is not stored, in the order in which it has to be taken in; looked at as it is asked for."""
    if order.test or order.customer is None:
        return
    if _purchase(shop, order) is None:
        yield _Missing("purchases", take_order, raw)
    purchase = _purchase(shop, order)
    is_unpaid = purchase is not None and payment_status(purchase) == PaymentStatus.PENDING
    if is_unpaid and order.financial_status in PAID:
        yield _Missing("payments", take_payment, raw)
    for refund, body in zip(order.refunds, raw.get("refunds", ()), strict=True):
        counts = read_refund(refund, currency=shop.merchant.currency) is not None
        if counts and not _is_undone(purchase) and not _has_refund(shop, str(refund.id)):
            yield _Missing("refunds", take_refund, body)
    if order.cancelled_at and not _is_undone(purchase) and not _has_refund(shop, cancellation_id(order)):
        yield _Missing("cancellations", take_cancellation, raw)


def _is_undone(purchase: Purchase | None) -> bool:
    """Whether nothing is left of a purchase that could be paid back."""
    if purchase is None:
        return False
    if payment_status(purchase) == Settlement.VOIDED:
        return True
    sale = sale_of(purchase)
    return sale.is_whole(sale.returned(settled_refunds(purchase)))


def _is_different(shop: ShopifyShop, order: Order) -> bool:
    purchase = _purchase(shop, order)
    if purchase is None or order.customer is None:
        return False
    currency = shop.merchant.currency
    told = read_order(order, order.customer, event_id="-", code="", categories={}, currency=currency)
    return told.total != purchase.total or not goes_by(purchase.customer, external_id=told.customer.id)


def _has_refund(shop: ShopifyShop, refund_id: str) -> bool:
    return StoredRefund.objects.filter(merchant=shop.merchant_id, refund_id=refund_id).exists()


def _purchase(shop: ShopifyShop, order: Order) -> Purchase | None:
    known = Purchase.objects.filter(merchant=shop.merchant_id, order_id=str(order.id))
    return known.select_related("customer__merged_into").first()
