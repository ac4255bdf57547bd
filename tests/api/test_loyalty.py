"""Loyalty status and points history, in the shapes of requirement 004."""

import pytest

from tests.api.caller import CUSTOMERS, evaluate_all, line
from tests.rewards.programmes import examples

pytestmark = pytest.mark.django_db
LOYALTY = "/api/v1/loyalty/customer/alice"
HISTORY = "/api/v1/loyalty/points/history/alice"
TIERS = [
    {"code": "bronze", "name": "Bronze"},
    {
        "code": "gold",
        "name": "Gold",
        "requirements": {"spend": 1500.00, "orders": 1},
        "points_multiplier": 1.5,
        "benefits": {"free_shipping_threshold": 25.00, "birthday_discount": 20, "early_access": True},
    },
    {"code": "platinum", "name": "Platinum", "requirements": {"spend": 5000.00, "orders": 36}},
]


@pytest.fixture
def golden(api, till):
    """Alice has bought for 1,750.00, once, and is gold for it."""
    examples.apply(tiers=TIERS)
    api.buy(customer={"id": "alice"}, total=175_000, items=[line(unit_price=87_500)])
    evaluate_all()


def test_loyalty_has_the_shape_that_was_asked_for(api, till, golden):
    till.redeem(30, reference="REWARD-001")
    loyalty = api.get(LOYALTY).json()["customer_loyalty"]
    activity = loyalty.pop("activity")
    assert loyalty == {
        "customerId": "alice",
        "tier": "gold",
        "points_balance": 70,
        "tier_progress": {
            "current_spend": 1750.00,
            "next_tier": "platinum",
            "spend_needed": 3250.00,
            "orders_needed": 35,
            "points_needed": 0,
        },
        "benefits": {
            "points_multiplier": 1.5,
            "free_shipping_threshold": 25.00,
            "birthday_discount": 20,
            "early_access": True,
        },
    }
    assert activity["last_points_earned"] == activity["tier_anniversary"] == "2026-11-20T12:00:00Z"
    assert activity["last_redemption"] == api.get(HISTORY).json()["points_transactions"][0]["timestamp"]


def test_money_is_exact(api, golden):
    assert '"current_spend":1750.00,' in api.get(LOYALTY).text


def test_somebody_who_has_done_nothing_is_at_the_beginning(api, till):
    examples.apply(tiers=TIERS)
    loyalty = api.get(LOYALTY).json()["customer_loyalty"]
    assert (loyalty["tier"], loyalty["points_balance"], loyalty["benefits"]) == ("bronze", 0, {"points_multiplier": 1})
    assert loyalty["activity"] == {"last_points_earned": None, "last_redemption": None, "tier_anniversary": None}
    assert loyalty["tier_progress"]["spend_needed"] == 1500


def test_nothing_is_needed_at_the_top(api, till):
    examples.apply(tiers=TIERS[:1])
    progress = api.get(LOYALTY).json()["customer_loyalty"]["tier_progress"]
    assert (progress["next_tier"], progress["spend_needed"], progress["orders_needed"]) == (None, 0, 0)


def test_a_merchant_may_have_no_tiers(api, till):
    examples.apply(tiers=[])
    loyalty = api.get(LOYALTY).json()["customer_loyalty"]
    assert (loyalty["tier"], loyalty["benefits"]) == (None, {})


def test_the_history_has_the_shape_that_was_asked_for(api, till):
    api.buy(order_id="ORD-789012", customer={"id": "alice"})
    evaluate_all()
    till.earn(50, type="product_review", reference="REV-456789", description="Product review bonus")
    till.redeem(120, reference="REWARD-001", description="$5 discount reward")
    found = api.get(HISTORY).json()
    assert found["next"] is None
    transactions = found["points_transactions"]
    assert all(each.pop("id") and each.pop("timestamp") for each in transactions)
    assert transactions == [
        {"type": "redeemed", "points": -120, "description": "$5 discount reward", "reference": "REWARD-001"},
        {"type": "bonus", "points": 50, "description": "Product review bonus", "reference": "REV-456789"},
        {
            "type": "earned",
            "points": 100,
            "description": "You received 100 points for order ORD-789012: Bonus.",
            "reference": "ORD-789012",
        },
    ]


def test_customers_are_found_by_our_id_too(api, till):
    uuid = api.post(CUSTOMERS, {"id": "alice"}).json()["uuid"]
    assert api.get(LOYALTY.replace("alice", uuid)).json()["customer_loyalty"]["customerId"] == "alice"
