"""The nouns of the second floor: how much."""

from credits.models.accounts import Account
from credits.models.adjustments import Adjustment, AdjustmentState
from credits.models.entries import Entry, EntryKind
from credits.models.holds import HeldLot, Hold, HoldState
from credits.models.lots import Lot, LotUse
from credits.models.notices import ExpiryNotice
from credits.models.qualifying import QualifyingAmount
from credits.models.remarks import Remark
from credits.models.tiers import Tier, TierAssignment, TierMove
from credits.models.unmarked import UnmarkedWrite
from credits.models.wallets import ExpiryRule, ReturnPolicy, TierDowngrade, TierWindow, Wallet

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentState",
    "Entry",
    "EntryKind",
    "ExpiryNotice",
    "ExpiryRule",
    "HeldLot",
    "Hold",
    "HoldState",
    "Lot",
    "LotUse",
    "QualifyingAmount",
    "Remark",
    "ReturnPolicy",
    "Tier",
    "TierAssignment",
    "TierDowngrade",
    "TierMove",
    "TierWindow",
    "UnmarkedWrite",
    "Wallet",
]
