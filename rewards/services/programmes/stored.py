"""The programme of a merchant as it stands in the database, in its full form."""

from typing import Any, TypeVar

from django.db.models import QuerySet

from credits.models.tiers import Tier
from credits.models.wallets import Wallet
from referrals.models.destinations import Destination
from referrals.models.merchants import Merchant
from referrals.models.messages import ShareMessage
from rewards.models.badges import Badge
from rewards.models.campaigns import Campaign
from rewards.models.catalog import DiscountType, RewardOption, RewardType
from rewards.models.policies import PolicyVersion, VersionStatus
from rewards.models.segments import Segment
from rewards.services.programmes import dealings, option_terms
from rewards.services.programmes.amounts import MONEY_BENEFITS, major_units, multiplier, written_point_value
from rewards.services.programmes.experiments import stored_experiments
from rewards.services.programmes.full_form import (
    CAMPAIGN_ORDER,
    DESTINATION,
    MESSAGE,
    REFERRAL_TERMS,
    WALLET_TERMS,
    Programme,
    in_order,
)

Named = TypeVar("Named", Segment, Badge, Campaign)


def stored_programme(merchant: Merchant) -> Programme:
    """What is in force and on offer; `wallet` is None for a merchant who has no programme yet.

    Reward types and options, segments, badges and campaigns that are not active are part of it, retired policies are
    not. `destinations`, `messages` and `experiments` are None where there are none: so they stay as they are if it is
    applied.
    """
    currency = merchant.currency
    wallet = Wallet.objects.filter(merchant=merchant, is_default=True).first()
    types = RewardType.objects.filter(merchant=merchant).order_by("id")
    options = RewardOption.objects.filter(merchant=merchant).select_related("reward_type", "partner").order_by("id")
    versions = PolicyVersion.objects.filter(merchant=merchant, status=VersionStatus.PUBLISHED)
    return {
        "merchant": {
            "slug": merchant.slug,
            "name": merchant.name,
            "domain": merchant.domain,
            "currency": currency,
            "time_zone": merchant.time_zone,
            "accent": merchant.accent,
            "logo_url": merchant.logo_url,
        },
        "referrals": {
            **{key: getattr(merchant, column) for key, column in REFERRAL_TERMS.items()},
            "minimum_purchase": major_units(merchant.minimum_qualifying_purchase, currency),
        },
        "wallet": _wallet(wallet, currency) if wallet else None,
        "destinations": list(Destination.objects.filter(merchant=merchant).order_by("id").values(*DESTINATION)) or None,
        "messages": list(ShareMessage.objects.filter(merchant=merchant).order_by("id").values(*MESSAGE)) or None,
        "checkout": dealings.stored_checkout(merchant),
        "tiers": [_tier(tier, currency) for tier in Tier.objects.filter(wallet=wallet).order_by("rank")],
        "partners": dealings.stored_partners(merchant),
        "reward_types": [_reward_type(each, currency) for each in types],
        "reward_options": [_reward_option(each, currency) for each in options],
        "segments": [{**_named(each), "condition": each.condition} for each in _of(Segment, merchant)],
        "badges": [_named(each) for each in _of(Badge, merchant)],
        "campaigns": [
            {
                **_named(each),
                "budget": each.budget,
                "definition": in_order(each.definition, CAMPAIGN_ORDER),
            }
            for each in _of(Campaign, merchant)
        ],
        "policies": [_policy(each) for each in versions.select_related("policy").order_by("policy_id")],
        "experiments": stored_experiments(merchant) or None,
    }


def _of(noun: type[Named], merchant: Merchant) -> "QuerySet[Named]":
    return noun._default_manager.filter(merchant=merchant).order_by("id")


def _named(row: Segment | Badge | Campaign) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "description": row.description, "is_active": row.is_active}


def _wallet(wallet: Wallet, currency: str) -> dict[str, Any]:
    terms = {name: getattr(wallet, name) for name in WALLET_TERMS}
    return {**terms, "point_value": written_point_value(wallet.point_value, currency)}


def _tier(tier: Tier, currency: str) -> dict[str, Any]:
    return {
        "code": tier.code,
        "name": tier.name,
        "requirements": {
            "spend": major_units(tier.min_spend, currency),
            "orders": tier.min_orders,
            "points": tier.min_points,
        },
        "points_multiplier": multiplier(tier.points_multiplier),
        "benefits": {
            name: major_units(value, currency) if name in MONEY_BENEFITS else value
            for name, value in tier.benefits.items()
        },
    }


def _reward_type(reward_type: RewardType, currency: str) -> dict[str, Any]:
    value = reward_type.discount_value
    is_money = reward_type.discount_type == DiscountType.FIXED
    return {
        "code": reward_type.code,
        "name": reward_type.name,
        "category": reward_type.category,
        "discount_type": reward_type.discount_type,
        "discount_value": major_units(value, currency) if is_money else value,
        "product_category": reward_type.product_category,
        "description": reward_type.description,
        "is_active": reward_type.is_active,
    }


def _reward_option(option: RewardOption, currency: str) -> dict[str, Any]:
    return {
        "code": option.code,
        "name": option.name,
        "reward_type": option.reward_type.code,
        "description": option.description,
        "points_required": option.points_required,
        "is_active": option.is_active,
        **option_terms.stored_terms(option, currency),
    }


def _policy(version: PolicyVersion) -> dict[str, Any]:
    return {
        "code": version.policy.code,
        "name": version.policy.name,
        "definition": in_order(version.definition),
        "examples": version.examples,
    }
