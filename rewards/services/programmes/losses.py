"""What a programme may not do: lose data, or take what belongs to another."""

from collections.abc import Iterator

from django.db.models import Q

from credits.models.accounts import Account
from credits.models.tiers import Tier, TierMove
from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from rewards.models.campaigns import Campaign
from rewards.models.catalog import RewardOption
from rewards.services.programmes.experiments import spoiled_experiments
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Change, Plan


def losses(merchant: Merchant, plan: Plan, wanted: Programme) -> Iterator[str]:
    """Why changes to an existing merchant's programme may not be made, a sentence for each reason."""
    own, wallet = plan.of("merchant").get(""), plan.of("wallet").get("")
    if own and own.concerns("currency") and _has_purchases(merchant):
        yield f"The currency cannot change: there are purchases in {merchant.currency}."
    if wallet and _is_taken(merchant, wallet, wanted["wallet"]["code"]):
        yield f"The wallet cannot be called {wanted['wallet']['code']}: the merchant has another one of that code."
    for campaign in Campaign.objects.filter(merchant=merchant, code__in=plan.of("campaigns")):
        budget = next((item["budget"] for item in wanted["campaigns"] if item["code"] == campaign.code), None)
        if budget is not None and budget < campaign.given:
            yield f"The budget of the campaign {campaign.code} cannot be {budget}: it has given {campaign.given}."
    yield from _less_than_was_taken(merchant, wanted)
    yield from spoiled_experiments(merchant, plan)
    for tier in Tier.objects.filter(wallet__merchant=merchant, wallet__is_default=True, code__in=plan.retired("tiers")):
        if _is_in_use(tier):
            yield f"The tier {tier.code} cannot go: customers are or were in it."


def foreign_domain(wanted: Programme) -> Iterator[str]:
    """Why the merchant cannot have the domain."""
    slug, domain = wanted["merchant"]["slug"], wanted["merchant"]["domain"]
    if domain and Merchant.objects.filter(domain=domain).exclude(slug=slug).exists():
        yield f"The domain {domain} belongs to another merchant."


def _less_than_was_taken(merchant: Merchant, wanted: Programme) -> Iterator[str]:
    stock = {item["code"]: item["stock_quantity"] for item in wanted["reward_options"]}
    taken = RewardOption.objects.filter(merchant=merchant, code__in=stock).values_list("code", "stock_taken")
    for code, count in taken:
        quantity = stock[code]
        if quantity is not None and quantity < count:
            yield f"The stock of {code} cannot be {quantity} in all: {count} were taken."


def _has_purchases(merchant: Merchant) -> bool:
    return Purchase.objects.filter(merchant=merchant).exists()


def _is_taken(merchant: Merchant, change: Change, code: str) -> bool:
    others = Wallet.objects.filter(merchant=merchant, is_default=False, code=code)
    return (not change.differences or change.concerns("code")) and others.exists()


def _is_in_use(tier: Tier) -> bool:
    holders = Account.objects.filter(wallet=tier.wallet_id, tier=tier)
    return holders.exists() or TierMove.objects.filter(Q(from_tier=tier) | Q(to_tier=tier)).exists()
