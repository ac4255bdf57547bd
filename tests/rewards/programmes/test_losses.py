"""Data that a programme may not lose."""

import pytest

from credits.models import Tier, TierMove, Wallet
from referrals.models import Merchant
from rewards.models import PolicyVersion
from rewards.services.programmes.applying import ProgrammeRefused
from rewards.services.programmes.document import ProgrammeInvalid
from tests.factories.credits import AccountFactory
from tests.factories.referrals import CustomerFactory, PurchaseFactory
from tests.rewards.programmes.examples import NOW, apply, plan, section, shop, without

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    apply()
    return CustomerFactory(merchant=shop())


def account_of(customer, tier):
    wallet = Wallet.objects.get(merchant=shop())
    return AccountFactory(customer=customer, wallet=wallet, tier=Tier.objects.get(wallet=wallet, code=tier))


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Merchant, Wallet, Tier, PolicyVersion)]


def refused(**sections):
    """Why it is refused; the plan says the same, and nothing has happened."""
    before = everything()
    expected = plan(**sections).refusals
    with pytest.raises(ProgrammeRefused) as caught:
        apply(**sections)
    assert everything() == before
    assert caught.value.detail == "\n".join(expected)
    return caught.value.detail


def test_a_tier_with_customers_in_it_cannot_go(alice):
    account_of(alice, "silver")
    assert refused(tiers=without("tiers", "silver")) == "The tier silver cannot go: customers are or were in it."


def test_a_tier_that_is_part_of_history_cannot_go(alice):
    account = account_of(alice, "gold")
    bronze, gold = (Tier.objects.get(code=code) for code in ("bronze", "gold"))
    TierMove.objects.create(
        account=account, from_tier=bronze, to_tier=gold, reason="reached", effective_at=NOW, recorded_at=NOW
    )
    account.tier = None
    account.save()
    assert "The tier gold cannot go" in refused(tiers=without("tiers", "gold"))


def test_the_currency_cannot_change_after_a_purchase(alice):
    PurchaseFactory(customer=alice)
    euros = section("merchant", currency="EUR")
    assert refused(merchant=euros) == "The currency cannot change: there are purchases in USD."
    assert plan(merchant=section("merchant", name="Corner")).refusals == ()


def test_a_domain_of_another_merchant_is_refused():
    Merchant.objects.create(slug="other", name="Other", currency="USD", domain="corner-shop.localhost")
    assert refused() == "The domain corner-shop.localhost belongs to another merchant."


def test_a_code_of_another_wallet_is_refused():
    apply()
    Wallet.objects.create(merchant=shop(), code="gems", is_default=False)
    assert "cannot be called gems" in refused(wallet=section("wallet", code="gems"))


def test_an_option_that_a_policy_grants_cannot_go():
    apply()
    with pytest.raises(ProgrammeInvalid, match="the reward option mug is not in this programme"):
        apply(reward_options=without("reward_options", "mug"))
    with pytest.raises(ProgrammeInvalid, match="the reward option mug is not active"):
        apply(reward_options=section("reward_options", "mug", is_active=False))
