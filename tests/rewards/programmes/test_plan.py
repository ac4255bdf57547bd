"""A plan is read by people before anything happens."""

import pytest

from referrals.models import Merchant
from tests.rewards.programmes.examples import apply, plan, section, without, written

pytestmark = pytest.mark.django_db


def test_a_plan_changes_nothing():
    assert plan().changes
    assert not Merchant.objects.exists()


def test_a_new_programme_is_listed():
    assert str(plan()).splitlines() == [
        "corner-shop: 13 created",
        "  + merchant",
        "  + referrals",
        "  + wallet",
        "  + checkout",
        "  + tier bronze",
        "  + tier silver",
        "  + tier gold",
        "  + reward type voucher",
        "  + reward type thing",
        "  + reward option five-off",
        "  + reward option mug",
        "  + policy bonus",
        "  + policy gift",
    ]


def test_equal_programmes_have_no_changes():
    apply()
    assert str(plan()) == "corner-shop: No changes."


def test_every_difference_is_shown_in_the_words_of_the_file():
    apply()
    bonus = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"fixed": 250}}}
    changed = plan(
        merchant=section("merchant", time_zone="Europe/Paris"),
        wallet=section("wallet", expiry_months=None),
        tiers=section("tiers", "silver", requirements={"spend": 600, "orders": 5}, benefits={"early_access": True}),
        reward_options=without("reward_options", "five-off"),
        policies=[*section("policies", "bonus", definition={**bonus, "priority": 5})[:1]],
    )
    assert str(changed).splitlines() == [
        "corner-shop: 4 changed, 2 retired",
        "  ~ merchant",
        '      time_zone: "Europe/Berlin" → "Europe/Paris"',
        "  ~ wallet",
        "      expiry_months: 24 → null",
        "  ~ tier silver",
        "      requirements.spend: 500.00 → 600.00",
        "      benefits: {} → (nothing)",
        "      benefits.early_access: (nothing) → true",
        "  - reward option five-off: becomes inactive",
        "  ~ policy bonus: a new version",
        "      definition.give.points.fixed: 100 → 250",
        "      definition.priority: (nothing) → 5",
        "  - policy gift: is retired",
    ]


def test_another_order_of_tiers_is_a_change():
    apply()
    bronze, silver, gold = written()["tiers"]
    assert "rank: 2 → 1" in str(plan(tiers=[bronze, gold, silver]))


def test_true_is_not_one():
    apply()
    threshold = {"free_shipping_threshold": 25.00, "early_access": 1}
    assert "benefits.early_access: true → 1" in str(plan(tiers=section("tiers", "gold", benefits=threshold)))
