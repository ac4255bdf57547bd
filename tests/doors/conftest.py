"""A merchant that gives a point for each dollar, two for electronics, and whose shop is connected."""

import pytest
from django.utils import timezone

from credits.models import Account
from referrals.models import Merchant
from rewards.services.refunds import adopt_refunds
from tests.api.caller import evaluate_all
from tests.credits.ledger import assert_books_are_right
from tests.doors.shopify import DOMAIN, SECRET, Sender
from tests.factories.doors import ShopifyShopFactory
from tests.rewards.programmes import examples

PER_DOLLAR = {"points": {"per_currency_unit": 1, "categories": {"electronics": 2.0}}}
POLICIES = [
    {
        "code": "per-dollar",
        "name": "A point a dollar",
        "definition": {"trigger": "purchase.completed", "beneficiary": "buyer", "give": PER_DOLLAR},
    }
]


@pytest.fixture
def acme(db):
    examples.apply(policies=POLICIES)
    return Merchant.objects.get(slug="corner-shop")


@pytest.fixture
def shopify(acme):
    """Shopify, which delivers the webhooks of the merchant's shop."""
    ShopifyShopFactory(merchant=acme, domain=DOMAIN, secret=SECRET)
    return Sender()


@pytest.fixture
def points(acme):
    """What a customer can spend and what waits, after everything that is due was evaluated; the books are right."""

    def of(customer):
        adopt_refunds(now=timezone.now())
        evaluate_all()
        assert_books_are_right(timezone.now())
        account = Account.objects.filter(customer__external_id=str(customer)).first()
        return (account.available, account.pending) if account else (0, 0)

    return of
