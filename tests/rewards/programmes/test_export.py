"""What is exported and applied again changes nothing."""

from decimal import Decimal

import pytest
from django.db.models import F

from credits.models import Wallet
from referrals.models import Merchant
from rewards.models import PolicyVersion, RewardOption
from rewards.services.programmes.applying import apply_programme, plan_programme
from rewards.services.programmes.export import NoProgramme, export_programme
from rewards.services.programmes.shipped import shipped_programme, shipped_slugs
from tests.rewards.programmes.examples import LATER, NOW, apply, programme, read, section, without

pytestmark = pytest.mark.django_db


def exported():
    return export_programme(slug="corner-shop")


@pytest.mark.parametrize("slug", shipped_slugs())
def test_an_exported_programme_changes_nothing(slug):
    wanted = shipped_programme(slug)
    apply_programme(programme=wanted, now=NOW)
    again = read(export_programme(slug=slug))
    assert again == wanted
    assert plan_programme(programme=again).changes == ()


def test_amounts_are_exported_with_the_places_of_the_currency():
    apply()
    assert "spend: 500.00\n" in exported()
    assert "points_multiplier: 1.25\n" in exported()


def test_a_currency_without_decimal_places_is_exported_without_any():
    apply(
        merchant=section("merchant", currency="JPY"),
        tiers=section("tiers", "gold", benefits={"free_shipping_threshold": 2500}),
    )
    assert "spend: 500\n" in exported()
    assert "free_shipping_threshold: 2500\n" in exported()
    assert plan_programme(programme=read(exported())).changes == ()


def test_every_term_of_the_wallet_survives():
    terms = {
        "expiry_rule": "fixed_day",
        "expiry_day": "02-29",
        "pending_days": 14,
        "restore_grace_days": 7,
        "point_value": 0.0125,
        "adjustment_max": 0,
        "transfer_day_max": 500,
        "tier_window": "calendar_year",
        "tier_downgrade": "never",
        "tier_grace_days": 0,
    }
    apply(wallet=section("wallet", **terms))
    wallet = Wallet.objects.get()
    assert {name: getattr(wallet, name) for name in terms} == {**terms, "point_value": Decimal("1.25")}
    assert read(exported())["wallet"].items() >= {**terms, "point_value": Decimal("0.0125")}.items()
    assert plan_programme(programme=read(exported())).changes == ()


def test_texts_that_look_like_something_else_survive():
    odd = {
        "trigger": "purchase.completed",
        "beneficiary": "buyer",
        "when": "purchase.units['no: thing'] > 0 && customer.tier == 'true'",
        "give": {"points": {"per_currency_unit": "1.5", "categories": {"2026-11-21": 2.5, "no": 0.000001, "12": 3}}},
        "schedule": {"from": "2026-11-21", "hours": ["18:00", "22:00"], "weekdays": ["sat"]},
    }
    wanted = {
        "merchant": section("merchant", name="“Épicerie” № 1 🍇: no"),
        "policies": section("policies", "bonus", definition=odd, name="yes"),
        "reward_options": section("reward_options", "mug", description="one\n\n  two: three\n", code="mug"),
    }
    apply(**wanted)
    assert read(exported()) == programme(**wanted)
    assert plan_programme(programme=read(exported())).changes == ()


def test_what_is_inactive_is_exported_as_inactive():
    apply()
    apply(reward_options=without("reward_options", "five-off"))
    options = {option["code"]: option["is_active"] for option in read(exported())["reward_options"]}
    assert options == {"five-off": False, "mug": True}
    assert plan_programme(programme=read(exported())).changes == ()


def test_an_exported_programme_can_be_applied_to_another_merchant():
    apply()
    text = exported().replace("corner-shop", "branch")
    apply_programme(programme=read(text), now=LATER)
    assert export_programme(slug="branch") == text
    assert PolicyVersion.objects.filter(merchant__slug="branch").count() == 2


def test_a_change_by_hand_shows_in_the_next_plan():
    apply()
    RewardOption.objects.filter(code="five-off").update(points_required=F("points_required") + 1)
    assert "points_required: 501 → 500" in str(plan_programme(programme=programme()))


@pytest.mark.parametrize("slug", ["nobody", "newcomer"])
def test_there_is_nothing_to_export_without_a_programme(slug):
    Merchant.objects.create(slug="newcomer", name="Newcomer", currency="USD")
    with pytest.raises(NoProgramme):
        export_programme(slug=slug)
