"""One merchant, its customer, and a row of each thing that some route is about."""

import pytest

from config.lib.ids import uuid7
from fulfillment.models import Redemption
from referrals.models import Customer, Referral
from tests.api.caller import ACTIVITIES, CODES, CUSTOMERS, PURCHASES, activity, evaluate_all
from tests.factories.experiments import ExperimentFactory
from tests.factories.fulfillment import (
    AssignmentFactory,
    DeliveryFactory,
    PhotoFactory,
    PushSubscriptionFactory,
    ServiceRecordFactory,
    WebhookEndpointFactory,
)
from tests.factories.referrals import DestinationFactory, UserFactory
from tests.factories.rewards import (
    BacktestFactory,
    CampaignFactory,
    PartnerFactory,
    PolicyVersionFactory,
    RewardOptionFactory,
    SegmentFactory,
)
from tests.house.authorisation import CART

TEST_DELIVERY = {"message_id": uuid7(), "type": "webhook.test", "subject_type": "", "subject_id": None}
GIFT = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"fixed": 1}}}


@pytest.fixture
def world(shop, api):
    """The rows that the table is about: they are A's, and C1's where they are somebody's."""
    for name in ("alice", "bob"):
        api.post(CUSTOMERS, {"id": name, "email": f"{name}@example.com"})
        Customer.objects.filter(external_id=name).update(user=UserFactory(email=f"{name}@example.com"))
    code = api.post(CODES, {"customer": "alice"}).json()["code"]
    api.buy(event_id="evt-A0", order_id="A-0", customer={"id": "alice"})
    api.buy(event_id="evt-A1", order_id="A-1", customer={"id": "bob"}, referral_code=code)
    refund = api.post(f"{PURCHASES}/A-1/refunds", {"refund_id": "refund-0"})
    shared = api.post(ACTIVITIES, activity())
    evaluate_all()
    till = {"Idempotency-Key": "hold-0"}
    hold = api.send("POST", f"{CUSTOMERS}/alice/holds", {"points": 5, "reference": "cart-0"}, headers=till).json()
    endpoint = WebhookEndpointFactory(merchant=shop)
    RewardOptionFactory(reward_type__merchant=shop, code="teapot", points_required=5, needs_technician=True)
    wish = {"customerId": "alice", "rewardId": "teapot"}
    asked = {"Idempotency-Key": "wish-0"}
    redeemed = api.send("POST", "/api/v1/rewards/redeem", wish, headers=asked)
    assert redeemed.status_code == 201, redeemed.text
    redemption = Redemption.objects.get()
    job = AssignmentFactory(redemption=redemption, technician__merchant=shop)
    session = api.send("POST", "/api/v1/purchase-sessions", CART, headers={"Idempotency-Key": "cart-0"}).json()
    return {
        "campaign": CampaignFactory(merchant=shop, code="spring").code,
        "redemption": redemption.uuid,
        "job": job.uuid,
        "photo": PhotoFactory(redemption=redemption).uuid,
        "subscription": PushSubscriptionFactory(customer=redemption.customer).uuid,
        "repair": ServiceRecordFactory(customer=redemption.customer).reference,
        "session": session["id"],
        "segment": SegmentFactory(merchant=shop).code,
        "policy": PolicyVersionFactory(policy__merchant=shop, definition=GIFT).policy.code,
        "backtest": BacktestFactory(merchant=shop).uuid,
        "partner": PartnerFactory(merchant=shop).code,
        "experiment": ExperimentFactory(merchant=shop).code,
        "code": code,
        "destination": DestinationFactory(merchant=shop).slug,
        "refund": refund.json()["id"],
        "activity": shared.json()["id"],
        "referral": Referral.objects.get().uuid,
        "hold": hold["id"],
        "endpoint": endpoint.uuid,
        "delivery": DeliveryFactory(endpoint=endpoint, event=None, **TEST_DELIVERY).uuid,
    }
