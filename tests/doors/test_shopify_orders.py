"""Orders of a shop at Shopify become purchases, exactly, once, and in whatever order their news comes."""

from datetime import UTC, datetime

import pytest

from referrals.models import InboundEvent, Payment, Purchase, Referral, RefusedMessage, ShopifyShop, ShopProduct
from tests.api.caller import evaluate_all
from tests.doors.shopify import CABLE, CUSTOMER, IPODS, ORDER, TOTAL, line, order
from tests.factories.doors import ShopProductFactory
from tests.factories.referrals import CustomerFactory, ReferralCodeFactory

pytestmark = pytest.mark.django_db


def test_an_order_is_what_was_paid_for_the_goods_without_shipping_and_taxes(acme, shopify, points):
    assert shopify.tell("orders/create", order()) == 200

    bought = Purchase.objects.get()
    assert (bought.merchant, bought.order_id, bought.total, bought.payment_status) == (acme, str(ORDER), TOTAL, "paid")
    assert bought.occurred_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert [(each["key"], each["quantity"], each["unit_price"], each["sku"]) for each in bought.lines] == [
        (str(IPODS), 2, 19412, "IPOD2008PINK"),
        (str(CABLE), 1, 975, "921728736"),
    ]
    buyer = bought.customer
    assert (buyer.external_id, buyer.email, buyer.name) == (str(CUSTOMER), "bob.norman@example.com", "Bob Norman")
    assert points(CUSTOMER) == (398, 0)


def test_taxes_that_prices_include_are_left_out(shopify):
    shopify.tell("orders/create", order(taxes_included=True))
    assert Purchase.objects.get().total == TOTAL - 1744 - 44


def test_a_gift_card_is_no_purchase_and_what_costs_nothing_is_one(shopify):
    shopify.tell("orders/create", order(line_items=[line(0, gift_card=True), line(1)]))
    free = line(1, price="0.00", discount_allocations=[])
    shopify.tell("orders/create", order(id=7, line_items=[free]))

    assert list(Purchase.objects.order_by("id").values_list("total", flat=True)) == [975, 0]


def test_amounts_are_exact_in_currencies_without_decimals(acme, shopify):
    type(acme).objects.update(currency="JPY")
    yen = line(0, price="19900", discount_allocations=[{"amount": "1"}])
    shopify.tell("orders/create", order(currency="JPY", line_items=[yen]))
    assert Purchase.objects.get().total == 39799


def test_the_category_is_the_products_type_or_its_tag(shopify, points):
    product = {"id": 632910392, "title": "IPod Nano - 8GB", "product_type": "Electronics", "tags": "Emotive, Flash"}
    shopify.tell("products/create", product)
    shopify.tell("products/update", {"id": 921728736, "product_type": "Cables", "tags": "new, category:Electronics"})
    assert dict(ShopProduct.objects.values_list("product_id", "category")) == {
        "632910392": "electronics",
        "921728736": "electronics",
    }

    shopify.tell("orders/create", order())
    assert points(CUSTOMER) == (2 * 398, 0)

    shopify.tell("products/delete", {"id": 632910392})
    shopify.tell("orders/create", order(id=7, line_items=[line(0), line(1, product_type="Books")]))
    assert [each["category"] for each in Purchase.objects.get(order_id="7").lines] == ["", "books"]


@pytest.mark.parametrize(
    "carried",
    [
        {"note_attributes": [{"name": "referral_code", "value": "alice77"}]},
        {"discount_codes": [{"code": "TENOFF", "amount": "10.00"}, {"code": "Alice77", "amount": "0"}]},
        {"landing_site": "/products/ipod?referral_code=ALICE77&utm_source=sms"},
    ],
    ids=lambda carried: next(iter(carried)),
)
def test_the_referral_code_is_an_attribute_a_discount_code_or_in_the_first_address(acme, shopify, carried):
    code = ReferralCodeFactory(customer=CustomerFactory(merchant=acme), code="A11CE77", shown_as="ALICE77")

    shopify.tell("orders/create", order(**carried))
    evaluate_all()

    assert Referral.objects.get().referral_link == code


def test_a_discount_code_that_is_nobodys_referral_code_is_a_mere_discount(shopify):
    ReferralCodeFactory(code="TEN0FF", shown_as="TENOFF")  # Another merchant's.
    shopify.tell("orders/create", order())
    assert Purchase.objects.get().referral_code == ""


def test_an_order_earns_nothing_to_spend_until_it_is_paid(shopify, points):
    shopify.tell("orders/create", order(financial_status="pending"))
    assert points(CUSTOMER) == (0, 398)

    shopify.tell("orders/paid", order())
    assert points(CUSTOMER) == (398, 0)
    shopify.tell("orders/paid", order())
    assert (Payment.objects.count(), RefusedMessage.objects.count()) == (1, 0)


def test_the_payment_may_be_told_before_the_order(shopify, points):
    shopify.tell("orders/paid", order())
    shopify.tell("orders/create", order(financial_status="pending"))
    assert points(CUSTOMER) == (398, 0)
    assert Purchase.objects.count() == 1


def test_a_delivery_that_comes_again_changes_nothing_even_if_it_would_be_read_otherwise(shopify):
    assert shopify.tell("orders/create", order(), event="evt-1") == 200
    ShopProductFactory(shop=ShopifyShop.objects.get(), product_id="632910392")
    assert shopify.tell("orders/create", order(), event="evt-1") == 200
    # Another subscription of the same event, and the same order under another.
    shopify.tell("orders/create", order(), event="evt-1", **{"X-Shopify-Webhook-Id": "another"})
    shopify.tell("orders/create", order(), event="evt-2")

    assert (Purchase.objects.count(), InboundEvent.objects.count()) == (1, 2)
    assert RefusedMessage.objects.count() == 0


def test_tests_and_orders_of_nobody_are_no_purchases(shopify):
    assert shopify.tell("orders/create", order(test=True)) == 200
    assert shopify.tell("orders/create", order(customer=None, email="")) == 200
    assert (Purchase.objects.count(), RefusedMessage.objects.count()) == (0, 0)


def test_the_path_that_other_systems_know_works_like_the_others(shopify):
    assert shopify.tell("", order(), path="/orders/create") == 200
    assert shopify.tell("", order(id=7), path="/webhooks/shopify/orders/create") == 200
    assert Purchase.objects.count() == 2
