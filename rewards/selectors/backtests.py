"""Backtests as they are read: how far they are, what they came to, and for whom."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from config.lib.errors import NotFound
from config.lib.spreadsheets import Cell, as_csv
from credits.models.wallets import Wallet
from referrals.models.merchants import Merchant
from rewards.models.backtests import Backtest, BacktestOutcome

SHOWN_MAX = 20
COLUMNS = ("customer", "points_before", "points_after", "points_difference", "grants_before", "grants_after")


def get_backtest(*, merchant: Merchant, uuid: UUID) -> Backtest:
    """A merchant's backtest.

    :raises NotFound: if there is none of this id.
    """
    backtest = Backtest.objects.filter(merchant=merchant, uuid=uuid).first()
    if backtest is None:
        raise NotFound("There is no such backtest.")
    return backtest


_DIFFERENCE = F("points_after") - F("points_before")


def by_difference(backtest: Backtest) -> QuerySet[BacktestOutcome]:
    """The customers for whom it makes a difference, whoever loses most first."""
    outcomes = BacktestOutcome.objects.filter(backtest=backtest).select_related("customer")
    return outcomes.order_by(_DIFFERENCE, "customer_id")


def lost_most(backtest: Backtest) -> list[BacktestOutcome]:
    """Who loses most, twenty at the most."""
    return list(by_difference(backtest).filter(points_after__lt=F("points_before"))[:SHOWN_MAX])


def gained_most(backtest: Backtest) -> list[BacktestOutcome]:
    """Who gains most, twenty at the most."""
    return list(by_difference(backtest).filter(points_after__gt=F("points_before")).reverse()[:SHOWN_MAX])


def points_difference(backtest: Backtest) -> int:
    """How many points more (or fewer, below zero) would have been given."""
    totals: dict[str, Any] = backtest.totals or {}
    return int(totals["after"]["points"] - totals["before"]["points"])


def cost_difference(backtest: Backtest) -> int:
    """What these points are worth, in minor units."""
    value = Wallet.objects.values_list("point_value", flat=True).get(merchant=backtest.merchant_id, is_default=True)
    return int((points_difference(backtest) * value).quantize(Decimal(1), ROUND_HALF_UP))


def backtest_as_json(backtest: Backtest) -> dict[str, Any]:
    """A backtest as other systems read it."""
    plain = ("state", "done", "total", "starts_at", "ends_at", "created_at", "finished_at", "failure")
    return {
        "id": str(backtest.uuid),
        **{name: getattr(backtest, name) for name in plain},
        "result": _result(backtest) if backtest.totals is not None else None,
    }


def _result(backtest: Backtest) -> dict[str, Any]:
    return {
        **(backtest.totals or {}),
        "points_difference": points_difference(backtest),
        "cost_difference": cost_difference(backtest),
        "gained_most": _customers(gained_most(backtest)),
        "lost_most": _customers(lost_most(backtest)),
    }


def _customers(outcomes: Iterable[BacktestOutcome]) -> list[dict[str, Any]]:
    return [
        {
            "customer": outcome.customer.public_id,
            "points_before": outcome.points_before,
            "points_after": outcome.points_after,
        }
        for outcome in outcomes
    ]


def export_outcomes(backtest: Backtest) -> str:
    """All customers for whom it makes a difference, as CSV."""
    rows: list[list[Cell]] = [
        [
            outcome.customer.public_id,
            outcome.points_before,
            outcome.points_after,
            outcome.points_after - outcome.points_before,
            outcome.grants_before,
            outcome.grants_after,
        ]
        for outcome in by_difference(backtest).iterator(chunk_size=2000)
    ]
    return as_csv([list(COLUMNS), *rows])
