"""What applying a programme does, and what it leaves alone."""

import pytest
from django.db import DataError, transaction

from credits.models import Account, Tier, TierMove, Wallet
from credits.selectors.display import wallet_on_display
from credits.selectors.epochs import forget_epoch, snapshot_epoch
from credits.selectors.terms import default_wallet_terms
from credits.services.opening import open_book
from referrals.models import Merchant
from rewards.models import Policy, PolicyVersion, RewardOption, RewardType
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.full_form import full_form
from tests.factories.credits import AccountFactory
from tests.factories.referrals import CustomerFactory
from tests.rewards.programmes.examples import LATER, NOW, apply, plan, section, shop, without, written

pytestmark = pytest.mark.django_db
ANOTHER_BONUS = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"fixed": 250}}}


def everything():
    models = (Merchant, Wallet, Tier, RewardType, RewardOption, Policy, PolicyVersion)
    return [list(model.objects.order_by("pk").values()) for model in models]


def versions(code):
    rows = PolicyVersion.objects.filter(policy__code=code).order_by("number")
    return [(row.number, row.status, row.published_at, row.retired_at) for row in rows]


def test_a_programme_makes_the_merchant_and_all_its_terms():
    apply()
    merchant = shop()
    assert (merchant.currency, merchant.time_zone, merchant.minimum_qualifying_purchase) == (
        "USD",
        "Europe/Berlin",
        1000,
    )
    wallet = Wallet.objects.get(merchant=merchant)
    assert (wallet.code, wallet.unit_name, wallet.expiry_months, wallet.is_default) == ("points", "stars", 24, True)
    silver = Tier.objects.get(wallet=wallet, code="silver")
    assert (silver.rank, silver.min_spend, silver.min_orders, float(silver.points_multiplier)) == (1, 50000, 5, 1.25)
    voucher = RewardType.objects.get(merchant=merchant, code="voucher")
    assert (voucher.discount_type, voucher.discount_value) == ("fixed", 500)
    mug = RewardOption.objects.get(merchant=merchant, code="mug")
    assert (mug.reward_type.code, mug.points_required, mug.is_active) == ("thing", None, True)
    assert versions("bonus") == [(1, "published", NOW, None)]


def test_benefits_that_are_amounts_are_kept_in_minor_units():
    apply()
    assert Tier.objects.get(code="gold").benefits == {"free_shipping_threshold": 2500, "early_access": True}


def test_changed_benefits_end_the_epoch_of_snapshots_and_are_shown_from_the_next_one_on():
    apply()
    gold, epoch = Tier.objects.get(code="gold"), snapshot_epoch()
    assert b'"early_access":true' in bytes(wallet_on_display(merchant_id=shop().pk).tier(gold.pk))
    apply(LATER)
    forget_epoch()  # As it is five seconds later.
    assert snapshot_epoch() == epoch
    apply(LATER, tiers=section("tiers", "gold", benefits={"early_access": False}))
    forget_epoch()
    assert snapshot_epoch() != epoch
    assert b'"early_access":false' in bytes(wallet_on_display(merchant_id=shop().pk).tier(gold.pk))


def test_applying_twice_changes_nothing():
    apply()
    rows = [
        list(model.objects.order_by("pk").values()) for model in (Merchant, Wallet, Tier, RewardOption, PolicyVersion)
    ]
    assert apply(LATER).changes == ()
    again = [
        list(model.objects.order_by("pk").values()) for model in (Merchant, Wallet, Tier, RewardOption, PolicyVersion)
    ]
    assert again == rows


def test_a_changed_policy_gets_a_new_version_and_the_old_one_keeps_its_words():
    apply()
    apply(LATER, policies=section("policies", "bonus", definition=ANOTHER_BONUS))
    assert versions("bonus") == [(1, "retired", NOW, LATER), (2, "published", LATER, None)]
    old, new = PolicyVersion.objects.filter(policy__code="bonus").order_by("number")
    assert (old.definition["give"], new.definition["give"]) == ({"points": {"fixed": 100}}, {"points": {"fixed": 250}})
    assert versions("gift") == [(1, "published", NOW, None)]


def test_a_new_name_is_no_new_version():
    apply()
    apply(LATER, policies=section("policies", "bonus", name="Bonus for all"))
    assert Policy.objects.get(code="bonus").name == "Bonus for all"
    assert versions("bonus") == [(1, "published", NOW, None)]


def test_a_policy_that_is_not_named_is_retired_and_can_come_back():
    apply()
    apply(LATER, policies=without("policies", "bonus"))
    assert versions("bonus") == [(1, "retired", NOW, LATER)]
    assert plan(policies=without("policies", "bonus")).changes == ()
    apply(LATER)
    assert versions("bonus") == [(1, "retired", NOW, LATER), (2, "published", LATER, None)]


def test_a_draft_that_somebody_is_writing_is_left_alone():
    apply()
    policy = Policy.objects.get(code="bonus")
    draft = PolicyVersion.objects.create(merchant=shop(), policy=policy, number=2, definition=ANOTHER_BONUS)
    assert plan().changes == ()
    apply(LATER, policies=section("policies", "bonus", definition=ANOTHER_BONUS))
    draft.refresh_from_db()
    assert (draft.status, draft.published_at) == ("draft", None)
    assert PolicyVersion.objects.get(policy=policy, status="published").number == 3


def test_an_option_that_is_not_named_becomes_inactive_and_can_come_back():
    apply()
    option = RewardOption.objects.get(code="five-off")
    smaller = {
        "reward_options": without("reward_options", "five-off"),
        "reward_types": without("reward_types", "voucher"),
    }
    apply(**smaller)
    option.refresh_from_db()
    assert not option.is_active
    assert not RewardType.objects.get(code="voucher").is_active
    assert plan(**smaller).changes == ()
    apply()
    option.refresh_from_db()
    assert option.is_active
    assert plan().changes == ()


def test_a_tier_that_nobody_was_in_can_go():
    apply()
    apply(tiers=without("tiers", "silver"))
    assert list(Tier.objects.order_by("rank").values_list("rank", "code")) == [(0, "bronze"), (1, "gold")]


def test_tiers_can_change_places_while_customers_are_in_them():
    apply()
    gold = Tier.objects.get(code="gold")
    account = AccountFactory(customer=CustomerFactory(merchant=shop()), wallet=gold.wallet, tier=gold)
    bronze, silver, gold_item = written()["tiers"]
    apply(tiers=[bronze, gold_item, silver])
    assert list(Tier.objects.order_by("rank").values_list("code", flat=True)) == ["bronze", "gold", "silver"]
    account.refresh_from_db()
    assert account.tier_id == gold.pk


def test_who_reaches_more_by_the_new_terms_rises_at_once_and_nobody_falls():
    apply()
    silver = Tier.objects.get(code="silver")
    customers = [CustomerFactory(merchant=shop()) for _ in range(2)]
    with transaction.atomic():
        book = open_book(
            terms=default_wallet_terms(merchant=shop()), customer_ids=[each.pk for each in customers], now=NOW
        )
        for number, (customer, spend) in enumerate(zip(customers, (300_00, 600_00), strict=True)):
            book.qualify(customer.pk, spend=spend, orders=5, points=0, evaluation_id=number, occurred_at=NOW)
            book.lift_tier(customer.pk, evaluation_id=number, occurred_at=NOW)
        book.write()
    for spend, tiers in ((300, ["silver", "silver"]), (1000, ["silver", "silver"])):
        apply(LATER, tiers=section("tiers", "silver", requirements={"spend": spend, "orders": 5}))
        assert [Account.objects.get(customer=each).tier.code for each in customers] == tiers
    assert TierMove.objects.filter(to_tier=silver).count() == 2


def test_the_wallet_keeps_its_accounts_when_its_terms_change():
    apply()
    before = Wallet.objects.get()
    apply(wallet=section("wallet", code="stars", expiry_months=None, return_policy="forgive"))
    after = Wallet.objects.get()
    assert (after.pk, after.code, after.expiry_months, after.return_policy) == (before.pk, "stars", None, "forgive")


def test_the_currency_can_change_before_the_first_purchase_and_amounts_follow():
    apply()
    yen = {
        "merchant": section("merchant", currency="JPY"),
        "referrals": {"minimum_purchase": 10},
        "tiers": section("tiers", "silver", requirements={"spend": 500, "orders": 5}),
        "reward_types": section("reward_types", "voucher", discount_value=5),
    }
    yen["tiers"][2]["benefits"] = {"free_shipping_threshold": 25, "early_access": True}
    apply(**yen)
    assert shop().minimum_qualifying_purchase == 10
    assert Tier.objects.get(code="silver").min_spend == 500
    assert Tier.objects.get(code="gold").benefits["free_shipping_threshold"] == 25
    assert RewardType.objects.get(code="voucher").discount_value == 5
    assert plan(**yen).changes == ()


def test_a_programme_is_applied_whole_or_not_at_all():
    apply()
    broken = section("policies", "bonus", definition=ANOTHER_BONUS, name="B" * 101)
    with pytest.raises(DataError):
        apply_unchecked(policies=broken, tiers=without("tiers", "silver"))
    assert Tier.objects.filter(code="silver").exists()
    assert versions("bonus") == [(1, "published", NOW, None)]


def apply_unchecked(**sections):
    """Apply what the reader would have refused, so that the database refuses it in the middle."""
    return apply_programme(programme=full_form(written(**sections)), now=LATER)
