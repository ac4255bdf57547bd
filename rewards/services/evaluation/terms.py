"""From the terms of an award to the moments of a lot."""

from datetime import datetime
from typing import TypedDict

from credits.selectors.terms import WalletTerms
from credits.services import expiry
from rewards.engine.terms import NEVER, Terms


class LotTerms(TypedDict, total=False):
    """What the ledger is told of a lot; what it is not told is as the wallet says."""

    active_at: datetime
    expires_at: datetime | None


def lot_terms(said: Terms, *, wallet: WalletTerms, occurred_at: datetime, now: datetime) -> LotTerms:
    """When points that were earned at `occurred_at` can be spent and lapse, as far as their policy says."""
    told: LotTerms = {}
    if said.pending_days is not None:
        told["active_at"] = expiry.active_at(wallet, occurred_at, now, said.pending_days)
    if said.expiry_months is not None:
        told["expires_at"] = expiry.expires_at(wallet, occurred_at, said.expiry_months)
    if said.expires == NEVER:
        told["expires_at"] = None
    return told
