"""What Shopify asks by law: to tell customers what is known of them, and to forget them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fulfillment.services.shopify import redact_shops
from referrals.models import AuditRecord, Customer, Event, ShopifyShop, ShopProduct
from tests.api.caller import contents
from tests.doors.shopify import CUSTOMER, DOMAIN, ORDER, order
from tests.factories.doors import ShopProductFactory
from tests.factories.referrals import UserFactory

pytestmark = pytest.mark.django_db

SHOP = {"shop_id": 954889, "shop_domain": DOMAIN}
PERSON = {"id": CUSTOMER, "email": "bob.norman@example.com", "phone": "555-625-1199"}
REDACTION = {**SHOP, "customer": PERSON, "orders_to_redact": [ORDER]}
REQUEST = {**SHOP, "orders_requested": [ORDER], "customer": PERSON, "data_request": {"id": 9999}}


def test_a_customer_who_is_redacted_is_erased_on_all_floors(shopify, points):
    shopify.tell("orders/create", order())
    assert points(CUSTOMER) == (398, 0)
    for _ in range(2):
        assert shopify.tell("customers/redact", REDACTION) == 200

    person = Customer.objects.get()
    assert (person.erased_at is None, person.external_id, person.name, person.email) == (False, None, "", "")
    audit = AuditRecord.objects.get()
    assert (audit.action, audit.reason, audit.actor.split(":")[0]) == ("erased", "shopify_request", "shopify")
    points(CUSTOMER)  # The books are right.


def test_a_request_for_data_is_written_down_and_told_to_the_merchant_once(shopify):
    shopify.tell("orders/create", order())
    for _ in range(2):
        assert shopify.tell("customers/data_request", REQUEST) == 200
    assert shopify.tell("customers/data_request", {**REQUEST, "data_request": {"id": 10000}}) == 200

    customer = Customer.objects.get()
    events = Event.objects.filter(type="customer.data_requested").order_by("sequence")
    assert [event.payload["request"] for event in events] == [9999, 10000]
    assert {event.payload["customer"] for event in events} == {str(customer.uuid)}
    assert list(AuditRecord.objects.values_list("action", "subjects")) == [("requested", [customer.pk])] * 2


def test_of_a_stranger_nothing_is_known_and_nothing_is_kept(shopify):
    ShopifyShop.objects.update(last_told_at=timezone.now())
    before = contents()
    assert shopify.tell("customers/redact", REDACTION) == 200
    assert shopify.tell("customers/data_request", REQUEST) == 200
    assert contents() == before


def test_a_shop_that_is_redacted_is_let_go_with_whom_it_alone_told_of(shopify, acme, new_caller):
    for number, name in enumerate(("only", "elsewhere", "login"), start=1):
        shopify.tell("orders/create", order(id=number, customer={"id": number, "first_name": name}))
    new_caller(acme).buy(customer={"id": "2"})
    new_caller(acme).buy(event_id="event-2", order_id="order-2", customer={"id": "till"})
    Customer.objects.filter(external_id="3").update(user=UserFactory())
    ShopProductFactory(shop=ShopifyShop.objects.get())

    assert shopify.tell("shop/redact", SHOP) == 200
    redact_shops(now=timezone.now() + timedelta(seconds=1), seconds=20)

    assert set(Customer.objects.filter(erased_at=None).values_list("external_id", flat=True)) == {"2", "3", "till"}
    assert Customer.objects.exclude(erased_at=None).count() == 1
    shop = ShopifyShop.objects.get()
    assert (shop.secret, shop.redaction_asked_at, ShopProduct.objects.count()) == ("", None, 0)
    assert shopify.tell("orders/create", order(id=9)) == 401
