"""From the terms of an award to the moments of a lot."""

from datetime import datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from config.lib.dates import expiry_of
from credits.services.ledger_rows import NEVER
from rewards.engine import terms
from rewards.engine.terms import Terms


class LotTerms(TypedDict, total=False):
    """What the ledger is told of a lot; what it is not told is as the wallet says."""

    active_at: datetime
    expires_at: datetime


def lot_terms(said: Terms, *, occurred_at: datetime, zone: ZoneInfo) -> LotTerms:
    """When points that were earned at `occurred_at` can be spent and lapse, as far as their policy says."""
    told: LotTerms = {}
    if said.pending_days is not None:
        told["active_at"] = occurred_at + timedelta(days=said.pending_days)
    if said.expiry_months is not None:
        told["expires_at"] = expiry_of(occurred_at, said.expiry_months, zone)
    if said.expires == terms.NEVER:
        told["expires_at"] = NEVER
    return told
