"""The full form of a programme: every key there, and every amount a decimal with all the places of its currency.

Two programmes that mean the same are equal in this form. The database is read into it, too.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant
from rewards.engine.campaigns.definition import JSON_SCHEMA as CAMPAIGN_SCHEMA
from rewards.engine.definition import JSON_SCHEMA
from rewards.models.catalog import DiscountType
from rewards.services.programmes import dealings, option_terms
from rewards.services.programmes.amounts import (
    MONEY_BENEFITS,
    major_units,
    minor_units,
    multiplier,
    point_value,
    written_point_value,
)

Programme: TypeAlias = dict[str, Any]
WALLET_TERMS = (
    "code", "unit_name", "expiry_months", "expiry_rule", "expiry_day", "pending_days", "return_policy",
    "restore_grace_days", "point_value", "adjustment_max", "transfer_day_max", "tier_window", "tier_downgrade",
    "tier_grace_days",
)  # fmt: skip
"""The columns of a wallet that are keys of a programme, in the order in which they are exported."""
DESTINATION = {
    "slug": "", "kind": "", "title": "", "description": "", "picture_url": "", "url": "", "is_open": True,
}  # fmt: skip
MESSAGE = {"channel": "", "subject": "", "text": ""}
"""The keys of a destination and of a message, in the order in which they are exported, and what is usual."""

KEYS = {"destinations": "slug", "messages": "channel"}
"""By which key the items of a section are told apart; elsewhere it is their code."""

REFERRAL_TERMS = {
    "minimum_purchase": "minimum_qualifying_purchase",
    "days_to_qualify": "days_to_qualify",
    "hold_days": "referral_hold_days",
    "verified_email": "friends_verify_email",
    "households": "allows_households",
    "decisive_touch": "decisive_touch",
    "offer": "offer_to_friends",
}
"""The terms of referrals, and the columns of a merchant that hold them."""
POLICY_ORDER = list(JSON_SCHEMA["properties"])
CAMPAIGN_ORDER = list(CAMPAIGN_SCHEMA["properties"])
_NAMED = {"code": "", "name": "", "description": "", "is_active": True}


def full_form(written: dict[str, Any]) -> Programme:
    """Complete a programme that has been checked; sections that may stay as they are and are left out are None."""
    currency = written["merchant"]["currency"]
    return {
        "merchant": {"slug": "", "name": "", "domain": None, "accent": "", "logo_url": "", **written["merchant"]},
        "referrals": _referrals(written.get("referrals", {}), currency),
        "wallet": _wallet(written["wallet"], currency),
        "destinations": _filled(written.get("destinations"), DESTINATION),
        "messages": _filled(written.get("messages"), MESSAGE),
        "checkout": dealings.full_checkout(written.get("checkout", {})),
        "tiers": [_tier(item, currency) for item in written["tiers"]],
        "partners": [dealings.full_partner(item) for item in written.get("partners", ())],
        "reward_types": [_reward_type(item, currency) for item in written["reward_types"]],
        "reward_options": [_reward_option(item, currency) for item in written["reward_options"]],
        "segments": [{**_NAMED, "condition": "", **item} for item in written.get("segments", [])],
        "badges": [{**_NAMED, **item} for item in written.get("badges", [])],
        "campaigns": [
            {**_NAMED, "budget": None, **item, "definition": in_order(item["definition"], CAMPAIGN_ORDER)}
            for item in written.get("campaigns", [])
        ],
        "policies": [_policy(item) for item in written["policies"]],
        "experiments": _filled(written.get("experiments"), {}),
    }


def in_order(definition: dict[str, Any], order: Sequence[str] = POLICY_ORDER) -> dict[str, Any]:
    """A policy's definition (or a campaign's) with its keys in the order in which they are explained."""
    return dict(sorted(definition.items(), key=lambda entry: order.index(entry[0])))


def _amount(written: Any, currency: str) -> Decimal:
    minor = minor_units(written, currency)
    if minor is None:
        raise ValueError("This programme has not been checked.")
    return major_units(minor, currency)


def _referrals(item: dict[str, Any], currency: str) -> dict[str, Any]:
    merchant = Merchant()
    usual = {key: getattr(merchant, column) for key, column in REFERRAL_TERMS.items()}
    return {**usual, **item, "minimum_purchase": _amount(item.get("minimum_purchase", 0), currency)}


def _wallet(item: dict[str, Any], currency: str) -> dict[str, Any]:
    usual = Wallet()
    terms = {name: getattr(usual, name) for name in WALLET_TERMS}
    value = point_value(item["point_value"], currency) if "point_value" in item else terms["point_value"]
    if value is None:
        raise ValueError("This programme has not been checked.")
    return {**terms, **item, "point_value": written_point_value(value, currency)}


def _tier(item: dict[str, Any], currency: str) -> dict[str, Any]:
    requirements = {"spend": 0, "orders": 0, "points": 0, **item.get("requirements", {})}
    benefits = {
        name: _amount(value, currency) if name in MONEY_BENEFITS else value
        for name, value in item.get("benefits", {}).items()
    }
    return {
        "code": item["code"],
        "name": item["name"],
        "requirements": {**requirements, "spend": _amount(requirements["spend"], currency)},
        "points_multiplier": multiplier(item.get("points_multiplier", 1)),
        "benefits": benefits,
    }


def _filled(items: list[dict[str, Any]] | None, usual: dict[str, Any]) -> list[dict[str, Any]] | None:
    return None if items is None else [{**usual, **item} for item in items]


def _reward_type(item: dict[str, Any], currency: str) -> dict[str, Any]:
    full = {
        "code": item["code"],
        "name": item["name"],
        "category": item["category"],
        "discount_type": DiscountType.NONE.value,
        "discount_value": 0,
        "product_category": "",
        "description": "",
        "is_active": True,
        **item,
    }
    is_money = full["discount_type"] == DiscountType.FIXED
    value = full["discount_value"]
    return {**full, "discount_value": _amount(value, currency) if is_money else int(Decimal(str(value)))}


def _reward_option(item: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "code": item["code"],
        "name": item["name"],
        "reward_type": item["reward_type"],
        "description": "",
        "points_required": None,
        "is_active": True,
        **item,
        **option_terms.full_terms(item, currency),
    }


def _policy(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": item["code"],
        "name": item["name"],
        "definition": in_order(item["definition"]),
        "examples": item.get("examples", []),
    }
