"""What no webhook brought is found by comparing the shop's orders with what is stored, and is taken in."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from referrals.models import Customer, Purchase, Refund
from rewards.services.merging import merge_customers
from tests.doors.shopify import CUSTOMER, DOMAIN, line, of_money, order, refund
from tests.factories.referrals import CustomerFactory

pytestmark = pytest.mark.django_db

CANCELLED = {"cancelled_at": "2026-11-21T10:00:00-05:00"}


@pytest.fixture
def reconcile(tmp_path):
    """Compare these orders with what is stored; the counts that are not 0, and the exit code."""

    def run(*orders, **options):
        file = tmp_path / "orders.json"
        file.write_text(json.dumps({"orders": orders}))
        out, code = StringIO(), 0
        try:
            call_command("reconcile_shopify", file, "--shop", DOMAIN, stdout=out, stderr=StringIO(), **options)
        except SystemExit as stopped:
            code = stopped.code
        return {kind: count for kind, count in json.loads(out.getvalue()).items() if count}, code

    return run


def test_what_is_missing_is_shown_first_and_then_taken_in(shopify, points, reconcile):
    shopify.tell("orders/create", order(id=1, financial_status="pending"))
    shopify.tell("orders/create", order(id=2))
    orders = [
        order(id=1),
        order(id=2, refunds=[refund(order_id=2), of_money("8.00", id=5, order_id=2)]),
        order(id=3, refunds=[refund(id=6, order_id=3)], **CANCELLED),
        order(id=4, test=True),
        order(id=5, customer=None),
    ]
    missing = {"orders": 5, "purchases": 1, "payments": 1, "refunds": 3, "cancellations": 1}
    assert reconcile(*orders) == (missing, 1)
    assert (Purchase.objects.count(), Refund.objects.count()) == (2, 0)

    assert reconcile(*orders, apply=True) == (missing, 0)
    assert reconcile(*orders) == ({"orders": 5}, 0)
    assert points(CUSTOMER) == (398 + (398 - 193 - 8), 0)


def test_what_webhooks_brought_is_not_missing(shopify, reconcile):
    refunded, cancelled = order(refunds=[refund()]), order(refunds=[refund()], **CANCELLED)
    shopify.tell("orders/create", order())
    shopify.tell("refunds/create", refund())
    assert reconcile(refunded) == ({"orders": 1}, 0)
    shopify.tell("orders/cancelled", order(**CANCELLED))
    assert reconcile(cancelled) == ({"orders": 1}, 0)


def test_what_differs_or_cannot_be_read_is_told_and_left_alone(shopify, reconcile):
    shopify.tell("orders/create", order())
    orders = [order(line_items=[line(0)]), order(id=7, currency="EUR"), {"id": "x"}, "nonsense"]
    assert reconcile(*orders, apply=True) == ({"orders": 4, "purchases": 1, "different": 1, "invalid": 3}, 1)
    assert Purchase.objects.count() == 1


def test_an_order_of_somebody_who_was_merged_since_is_not_different(acme, shopify, reconcile):
    shopify.tell("orders/create", order())
    people = {"survivor": CustomerFactory(merchant=acme), "merged": Customer.objects.get(external_id=str(CUSTOMER))}
    merge_customers(**people, now=timezone.now(), reason="same_person", actor="command")
    assert reconcile(order()) == ({"orders": 1}, 0)


def test_a_file_that_is_none_is_refused(shopify, tmp_path):
    (tmp_path / "orders.json").write_text("{}")
    for file, shop in (("orders.json", DOMAIN), ("nothing.json", DOMAIN), ("orders.json", "other.myshopify.com")):
        with pytest.raises(CommandError):
            call_command("reconcile_shopify", tmp_path / file, "--shop", shop)
