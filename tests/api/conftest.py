"""What the API's tests share: a database that must stay as it is, and every POST endpoint with a valid body."""

import pytest
from django.utils import timezone

from credits.models import Wallet
from referrals.models import Purchase
from referrals.selectors import get_customer
from tests.api.caller import (
    ACTIVITIES,
    CODES,
    CUSTOMERS,
    PARTICIPATE,
    PURCHASES,
    SERVICE_RECORDS,
    SESSIONS,
    activity,
    cart,
    contents,
    purchase,
    service_record,
)
from tests.api.points import Till
from tests.credits.ledger import assert_books_are_right
from tests.factories.rewards import CampaignFactory, SegmentFactory

BODIES = {
    "purchases": (PURCHASES, purchase()),
    "customers": (CUSTOMERS, {"id": "carol", "email": "carol@example.com"}),
    "activities": (ACTIVITIES, activity()),
    "codes": (CODES, {"customer": "alice"}),
    "refunds": ("/api/v1/purchases/order-0/refunds", {"refund_id": "refund-1"}),
    "lines": ("/api/v1/purchases/order-0/refunds", {"refund_id": "refund-2", "lines": [{"index": 0, "amount": 1}]}),
    "quotes": (f"{SESSIONS}/quote", cart()),
    "participation": (PARTICIPATE, {"customerId": "alice", "campaignId": "always"}),
    "payments": ("/api/v1/purchases/order-0/payment", {"status": "paid"}),
    "read": ("/api/v1/customers/alice/notifications/read", {"ids": ["01911111-1111-7111-8111-111111111111"]}),
    "endpoints": ("/api/v1/webhook-endpoints", {"url": "https://shop.example.com/hooks", "events": ["points.*"]}),
    "services": (SERVICE_RECORDS, service_record(title="Windshield", region="north")),
}
"""Every endpoint that takes a body: its path, and a body that it accepts when `populated`."""


@pytest.fixture
def populated(api):
    """The shop's customer alice has bought something as order-0."""
    assert api.buy(event_id="event-0", order_id="order-0", customer={"id": "alice"}).status_code == 202
    purchase = Purchase.objects.get(order_id="order-0")
    CampaignFactory(merchant=purchase.merchant, code="always", definition={"type": "bonus", "join": "participate"})
    SegmentFactory(merchant=purchase.merchant, code="listed")
    return purchase


@pytest.fixture
def unchanged(populated):
    """The test must leave every table as it found it."""
    before = contents()
    yield
    assert contents() == before


@pytest.fixture(params=BODIES)
def endpoint(request):
    """Each endpoint that takes a body, in turn: its path, and a body that it accepts."""
    return BODIES[request.param]


@pytest.fixture
def code_of(api):
    """The referral code of a customer, who is registered for it."""

    def issue(customer: str) -> str:
        api.post(CUSTOMERS, {"id": customer})
        return api.post(CODES, {"customer": customer}).json()["code"]

    return issue


@pytest.fixture
def alice(shop, populated):
    return get_customer(merchant=shop, reference="alice")


@pytest.fixture
def till(api):
    """Another system of the shop that gives and takes points; alice and bob are known."""
    for customer in ("alice", "bob"):
        api.post(CUSTOMERS, {"id": customer})
    return Till(api)


@pytest.fixture
def generous(shop):
    """Gifts are allowed in the shop, up to 1,000 points a day."""
    Wallet.objects.filter(merchant=shop).update(transfer_day_max=1000)


@pytest.fixture
def right_books(db):
    """What the test posts must keep every rule of the ledger."""
    yield
    assert_books_are_right(timezone.now())
