"""Who is let in by the door for Shopify, and what becomes of what cannot be read."""

import gzip
import json

import pytest
from django.db import connection
from django.urls import reverse

from config.lib.encryption import decrypt
from referrals.models import InboundEvent, Purchase, RefusedMessage, ShopifyShop
from referrals.services.shops import connect_shop, disconnect_shop, forget_previous_secret
from tests.api.caller import contents
from tests.concurrency.together import at_once
from tests.doors.shopify import DOMAIN, SECRET, Sender, line, of_money, order, refund, signed
from tests.factories.referrals import NOON, MerchantFactory, UserFactory

BODY = json.dumps(order()).encode()


@pytest.mark.django_db
def test_who_does_not_sign_is_not_believed_and_learns_nothing(shopify):
    wrong = [
        {"X-Shopify-Hmac-Sha256": signed(BODY, "another")},
        {"X-Shopify-Hmac-Sha256": signed(BODY + b" ")},
        {"X-Shopify-Hmac-Sha256": ""},
        {"X-Shopify-Hmac-Sha256": "não"},
        {"X-Shopify-Shop-Domain": "stranger.myshopify.com"},
        {"X-Shopify-Shop-Domain": ""},
        {"X-Shopify-Shop-Domain": "nobody.myshopify.com", "X-Shopify-Hmac-Sha256": signed(BODY, "")},
    ]
    before = contents()
    assert [shopify.tell("orders/create", BODY, **sent) for sent in wrong] == [401] * len(wrong)
    assert contents() == before


@pytest.mark.django_db
def test_both_secrets_are_believed_until_the_one_before_is_forgotten(acme, shopify):
    shop = connect_shop(merchant=acme, domain="ACME.myshopify.com", secret="newer", now=NOON)
    newer = Sender(secret="newer")
    assert [it.tell("orders/create", order()) for it in (shopify, newer)] == [200, 200]

    forget_previous_secret(shop=shop)
    assert [it.tell("orders/create", order()) for it in (shopify, newer)] == [401, 200]
    disconnect_shop(shop=shop)
    assert [it.tell("orders/create", order()) for it in (shopify, newer, Sender(secret=""))] == [401] * 3


@pytest.mark.django_db
def test_a_shop_speaks_for_its_own_merchant_alone(acme, shopify):
    other = MerchantFactory(currency="USD")
    connect_shop(merchant=other, domain="other.myshopify.com", secret="theirs", now=NOON)
    assert Sender("other.myshopify.com", "theirs").tell("refunds/create", refund()) == 200
    assert Sender("other.myshopify.com", "theirs").tell("orders/create", order()) == 200
    assert shopify.tell("orders/create", order()) == 200
    assert Purchase.objects.filter(merchant=acme).count() == Purchase.objects.filter(merchant=other).count() == 1
    assert not Purchase.objects.get(merchant=acme).refunds.exists()


@pytest.mark.django_db
def test_topics_that_mean_nothing_here_are_answered_and_leave_nothing(shopify):
    before = contents()
    assert [shopify.tell(topic, order()) for topic in ("orders/updated", "carts/create", "", "\xff")] == [200] * 4
    assert contents() == before


UNREADABLE = [
    ("orders/create", b"", "invalid"),
    ("orders/create", b"[]", "invalid"),
    ("orders/create", b'{"id": 1, "id": 2}', "invalid"),
    ("orders/create", b'{"a":' * 50_000, "invalid"),
    ("orders/create", b"\xff\xfe", "invalid"),
    ("orders/create", gzip.compress(BODY), "invalid"),
    ("orders/create", order(id="../../etc/passwd"), "invalid"),
    ("orders/create", order(id=2**80), "invalid"),
    ("orders/create", order(currency="EUR"), "other_currency"),
    ("orders/create", order(created_at="1066-10-14T09:00:00Z", processed_at=None), "out_of_range"),
    ("orders/create", order(created_at="yesterday"), "invalid"),
    ("orders/create", order(line_items=[line(price="1e9")]), "invalid"),
    ("orders/create", order(line_items=[line(price="NaN")]), "invalid"),
    ("orders/create", order(line_items=[line(price="0.001")]), "invalid"),
    ("orders/create", order(line_items=[line(price="999999999999", quantity=10_000)]), "invalid"),
    ("orders/create", order(line_items=[line()] * 1_001), "invalid"),
    ("refunds/create", refund(order_id=None), "invalid"),
    ("refunds/create", of_money("5.00", created_at="soon"), "invalid"),
    ("customers/redact", {"customer": None}, "invalid"),
]


@pytest.mark.django_db
def test_what_can_never_be_taken_in_is_answered_and_written_down(acme, shopify):
    for topic, payload, reason in UNREADABLE:
        assert [shopify.tell(topic, payload) for _ in range(2)] == [200, 200]
        told = RefusedMessage.objects.latest("pk")
        assert (told.merchant, told.reason, told.times, told.is_open) == (acme, reason, 2, True), payload
        assert "passwd" not in f"{told.about}{told.detail}"
    assert RefusedMessage.objects.count() == len(UNREADABLE)
    assert (Purchase.objects.count(), InboundEvent.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_odd_words_in_an_order_are_tidied(shopify):
    person = order()["customer"] | {"email": "no address", "first_name": "\u202eBob\u0000"[:4], "last_name": "x" * 300}
    odd = order(customer=person, email=None, contact_email=None)
    odd["line_items"][0] |= {"sku": " A\tB ", "title": "y" * 500, "product_type": "z" * 90}
    assert shopify.tell("orders/create", odd) == 200

    bought = Purchase.objects.get()
    assert bought.lines[0]["sku"] == "A B"
    assert (bought.customer.email, len(bought.customer.name)) == ("", 99)


@pytest.mark.django_db
def test_an_order_in_other_words_is_a_conflict_that_staff_see(shopify):
    shopify.tell("orders/create", order())
    shopify.tell("orders/create", order(line_items=[line(0)]))
    told = RefusedMessage.objects.get()
    assert (told.reason, told.about) == ("order_conflict", f"orders/create {order()['id']}")


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_not_read(shopify):
    assert shopify.tell("orders/create", b" " * (2 * 1024 * 1024 + 1)) == 413
    assert shopify.client.get("/webhooks/shopify").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_delivered_50_times_at_once_is_one_purchase(shopify):
    deliveries = [lambda: Sender().tell("orders/create", order(), event="evt-1")] * 25
    payments = [lambda: Sender().tell("orders/paid", order(), event="evt-1")] * 25
    assert at_once(*deliveries, *payments) == [200] * 50
    assert (Purchase.objects.count(), RefusedMessage.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_the_secret_is_encrypted_and_never_shown_again(client, acme):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    form = {"merchant": acme.pk, "domain": DOMAIN, "new_secret": SECRET}
    assert client.post(reverse("admin:referrals_shopifyshop_add"), form).status_code == 302
    shop = ShopifyShop.objects.get()
    change = reverse("admin:referrals_shopifyshop_change", args=[shop.pk])
    assert client.post(change, {"new_secret": "newer"}).status_code == 302
    assert SECRET not in client.get(change).text + client.get(reverse("admin:referrals_shopifyshop_changelist")).text

    shop.refresh_from_db()
    assert (shop.secret, shop.previous_secret) == ("newer", SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT previous_secret FROM referrals_shopifyshop")
        stored = bytes(cursor.fetchone()[0])
    assert SECRET.encode() not in stored
    assert decrypt(stored) == SECRET

    for action in ("forget_previous", "disconnect"):
        chosen = {"action": action, "_selected_action": [shop.pk]}
        client.post(reverse("admin:referrals_shopifyshop_changelist"), chosen)
        shop.refresh_from_db()
        assert not shop.previous_secret
    assert not shop.secret
