"""How a programme deals: on which terms a checkout takes points, and which partners supply rewards."""

from typing import Any

from referrals.models.merchants import Merchant
from rewards.models.partners import Partner
from rewards.models.sessions import CheckoutTerms
from rewards.selectors.checkout_terms import checkout_terms

CHECKOUT: dict[str, Any] = {
    "points_min": {
        "description": "fewer points than these are not taken at a checkout",
        "type": "integer",
        "minimum": 0,
        "maximum": 10**9,
    },
    "order_share_max": {
        "description": "per cent of an order that points may pay",
        "type": "integer",
        "minimum": 0,
        "maximum": 100,
    },
    "session_seconds": {
        "description": "how long a checkout holds what it was promised",
        "type": "integer",
        "minimum": 10,
        "maximum": 86_400,
    },
}
"""The terms of a checkout, each of which may be left out."""

SHARE = {"description": "per cent of a reward's price that it is paid", "type": "integer", "minimum": 0, "maximum": 100}


def full_checkout(written: dict[str, Any]) -> dict[str, Any]:
    """The terms of a checkout, those included that are left out."""
    return _terms(CheckoutTerms()) | written


def full_partner(item: dict[str, Any]) -> dict[str, Any]:
    """A partner with everything that is left out."""
    return {"code": item["code"], "name": item["name"], "share_percent": 100, "is_active": True, **item}


def stored_checkout(merchant: Merchant) -> dict[str, Any]:
    """The terms of a merchant's checkout in the same form."""
    return _terms(checkout_terms(merchant))


def stored_partners(merchant: Merchant) -> list[dict[str, Any]]:
    """A merchant's partners in the same form."""
    columns = ("code", "name", "share_percent", "is_active")
    return list(Partner.objects.filter(merchant=merchant).order_by("id").values(*columns))


def _terms(row: CheckoutTerms) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CHECKOUT}
