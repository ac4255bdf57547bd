"""Requirement 002's `/reward-options/`, for whoever is signed in."""

import pytest

from referrals.models import Customer
from tests.factories.referrals import UserFactory
from tests.factories.rewards import RewardOptionFactory
from tests.rewards.shop import PER_DOLLAR, policy

HOST = {"headers": {"host": "orchard.localhost"}}


@pytest.fixture
def alice(open_shop, client):
    """Alice has 100 points, and is signed in."""
    shop = open_shop(policy(give=PER_DOLLAR), domain="orchard.localhost")
    shop.bought("alice", 100)
    person = UserFactory()
    Customer.objects.filter(external_id="alice").update(user=person)
    client.force_login(person)
    for cost in (50, 150, 500):
        RewardOptionFactory(reward_type__merchant=shop.merchant, code=f"costs-{cost}", points_required=cost)
    return client


def codes(browser, query=""):
    return [each["id"] for each in browser.get(f"/reward-options/{query}", **HOST).json()["reward_options"]]


def test_a_customer_sees_what_there_is_and_what_they_can_have(alice):
    first, second, third = alice.get("/reward-options/", **HOST).json()["reward_options"]
    assert (first["points_required"], first["affordable"], first["reward_type"]["category"]) == (
        50,
        True,
        "free_product",
    )
    assert (second["points_missing"], second["within_reach"]) == (50, True)
    assert (third["points_missing"], third["within_reach"]) == (400, False)
    assert codes(alice, "?within=affordable") == ["costs-50"]
    assert codes(alice, "?within=within_reach") == ["costs-50", "costs-150"]
    assert codes(alice, "?category=shipping") == []
    assert alice.get("/reward-options/?category=moon", **HOST).status_code == 400


def test_nobody_else_sees_it(alice, client):
    client.logout()
    assert client.get("/reward-options/", **HOST).status_code == 302
