"""Writing the part of a programme that the ledger reads: the default wallet and its tiers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from credits.models.tiers import Tier
from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant
from rewards.services.programmes.amounts import MONEY_BENEFITS, minor_units, point_value
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Plan
from rewards.services.programmes.writing.items import write_items

_OUT_OF_THE_WAY = 10_000


def write_credits(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the wallet and the tiers, as far as the plan says that they change."""
    currency = programme["merchant"]["currency"]
    if plan.of("wallet"):
        value = point_value(programme["wallet"]["point_value"], currency)
        terms = {**programme["wallet"], "point_value": value}
        Wallet.objects.update_or_create(merchant=merchant, is_default=True, defaults=terms)
    if plan.of("tiers"):
        wallet = Wallet.objects.get(merchant=merchant, is_default=True)
        _write_tiers(wallet, plan.retired("tiers"), [_columns(tier, currency) for tier in programme["tiers"]])


def _write_tiers(wallet: Wallet, retired: Iterable[str], rows: list[dict[str, Any]]) -> None:
    Tier.objects.filter(wallet=wallet, code__in=list(retired)).delete()
    # No two tiers may have one rank, not even while they are being put into another order.
    Tier.objects.filter(wallet=wallet).update(rank=F("rank") + _OUT_OF_THE_WAY)
    owned = [{"merchant_id": wallet.merchant_id, "rank": rank, **row} for rank, row in enumerate(rows)]
    write_items(Tier, owned, wallet=wallet)


def _columns(tier: dict[str, Any], currency: str) -> dict[str, Any]:
    requirements = tier["requirements"]
    return {
        "code": tier["code"],
        "name": tier["name"],
        "min_spend": minor_units(requirements["spend"], currency),
        "min_orders": requirements["orders"],
        "min_points": requirements["points"],
        "points_multiplier": tier["points_multiplier"],
        "benefits": {
            name: minor_units(value, currency) if name in MONEY_BENEFITS else value
            for name, value in tier["benefits"].items()
        },
    }
