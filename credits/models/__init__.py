"""The nouns of the second floor: how much."""

from credits.models.accounts import Account
from credits.models.entries import Entry, EntryKind
from credits.models.lots import Lot, LotUse
from credits.models.qualifying import QualifyingAmount
from credits.models.tiers import Tier, TierMove
from credits.models.wallets import ReturnPolicy, Wallet

__all__ = [
    "Account",
    "Entry",
    "EntryKind",
    "Lot",
    "LotUse",
    "QualifyingAmount",
    "ReturnPolicy",
    "Tier",
    "TierMove",
    "Wallet",
]
