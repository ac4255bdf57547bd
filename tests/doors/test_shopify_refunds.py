"""What becomes of orders later: items and money that are paid back, and orders that are cancelled, in any order."""

import itertools

import pytest

from referrals.models import Payment, Refund, RefusedMessage
from tests.doors.shopify import CABLE, CUSTOMER, IPODS, TOTAL, line, of_money, order, refund

pytestmark = pytest.mark.django_db


def items(*counts):
    """So many items of lines come back."""
    return [{"id": 1, "line_item_id": line, "quantity": count, "line_item": None} for line, count in counts]


def test_items_that_come_back_take_what_was_given_for_them(shopify, points):
    shopify.tell("orders/create", order())
    assert points(CUSTOMER) == (398, 0)

    for _ in range(2):
        assert shopify.tell("refunds/create", refund()) == 200
    assert (Refund.objects.get().amount, RefusedMessage.objects.count()) == (38825 // 2, 0)
    assert points(CUSTOMER) == (398 - 193, 0)

    # One line can stand in a refund twice, for items that are kept and items that are thrown away.
    rest = items((IPODS, 1), (CABLE, 1), (CABLE, 0))
    shopify.tell("refunds/create", refund(id=2, refund_line_items=rest))
    assert points(CUSTOMER) == (0, 0)


def test_money_that_is_paid_back_without_items_counts_without_shipping(shopify, points):
    shopify.tell("orders/create", order())
    shipping = [{"kind": "shipping_refund", "amount": "-8.00", "tax_amount": "-0.40"}]
    shopify.tell("refunds/create", of_money("108.40", order_adjustments=shipping))
    lines = [{"id": 3, "subtotal_amount_set": {"shop_money": {"amount": "12.00", "currency_code": "USD"}}}]
    shopify.tell("refunds/create", of_money("12.00", id=2, refund_shipping_lines=lines))

    assert [each.amount for each in Refund.objects.all()] == [10000]
    assert points(CUSTOMER) == (398 - 99, 0)


def test_money_with_taxes_in_it_takes_no_more_than_was_given(shopify, points):
    shopify.tell("orders/create", order())
    assert shopify.tell("refunds/create", of_money("435.88")) == 200
    assert Refund.objects.get().amount == TOTAL
    assert points(CUSTOMER) == (0, 0)
    assert shopify.tell("refunds/create", of_money("1.00", id=2)) == 200
    assert (Refund.objects.count(), RefusedMessage.objects.count()) == (1, 0)


def test_a_gift_card_that_comes_back_takes_nothing(shopify, points):
    shopify.tell("orders/create", order(line_items=[line(0), line(1, gift_card=True)]))
    back = [{"id": 1, "line_item_id": CABLE, "quantity": 1, "line_item": line(1, gift_card=True)}]
    shopify.tell("refunds/create", refund(refund_line_items=back))
    assert (Refund.objects.count(), points(CUSTOMER)) == (0, (388, 0))


@pytest.mark.parametrize("first", [0, 1, 2])
def test_order_refund_and_cancellation_come_to_nothing_in_any_order(shopify, points, first):
    news = [
        ("orders/create", order()),
        ("refunds/create", refund()),
        ("orders/cancelled", order(cancelled_at="2026-11-21T10:00:00-05:00", cancel_reason="customer")),
    ]
    for topic, payload in itertools.islice(itertools.cycle(news), first, first + 6):
        assert shopify.tell(topic, payload) == 200

    assert points(CUSTOMER) == (0, 0)
    assert RefusedMessage.objects.count() == 0


def test_cancelling_what_was_never_paid_voids_it(shopify, points):
    shopify.tell("orders/create", order(financial_status="pending"))
    assert points(CUSTOMER) == (0, 398)
    cancelled = order(financial_status="voided", cancelled_at="2026-11-21T10:00:00-05:00")
    for _ in range(2):
        assert shopify.tell("orders/cancelled", cancelled) == 200

    assert (Payment.objects.get().status, points(CUSTOMER)) == ("voided", (0, 0))
    assert (Refund.objects.count(), RefusedMessage.objects.count()) == (0, 0)


def test_tests_pay_nothing_back(shopify, points):
    shopify.tell("orders/create", order())
    paid_back = {"kind": "refund", "status": "success", "amount": "9.00", "currency": "USD", "test": True}
    shopify.tell("refunds/create", refund(transactions=[paid_back]))
    shopify.tell("orders/cancelled", order(test=True))
    assert points(CUSTOMER) == (398, 0)
