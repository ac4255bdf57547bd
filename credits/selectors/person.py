"""What the ledger knows of a person beside the statement."""

from typing import Any

from django.db.models import F

from credits.models.accounts import Account
from credits.models.adjustments import Adjustment
from credits.models.holds import Hold
from credits.models.tiers import TierAssignment, TierMove


def holdings_of(account: Account) -> dict[str, Any]:
    """What an account holds, and every step of its tier; whoever of the staff did something is not named."""
    return {
        "wallet": account.wallet.code,
        "tier": account.tier and account.tier.code,
        "owed": account.owed,
        "closed_at": account.closed_at,
        "tier_history": list(
            TierMove.objects.filter(account=account)
            .order_by("id")
            .values("reason", "effective_at", **{"from": F("from_tier__code"), "to": F("to_tier__code")})
        ),
        "tiers_given": _rows(TierAssignment, account, "tier__code", "reason", "until", "created_at"),
        "corrections": _rows(Adjustment, account, "points", "reason", "state", "asked_at", "decided_at"),
        "holds": _rows(Hold, account, "points", "captured_points", "state", "expires_at", "created_at", "ended_at"),
    }


def _rows(model: type[Adjustment | Hold | TierAssignment], account: Account, *fields: str) -> list[dict[str, Any]]:
    return list(model.objects.filter(account=account).order_by("id").values(*fields))
