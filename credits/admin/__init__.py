"""The staff pages of the second floor: the ledger is for looking; what staff may do to it are services."""

from credits.admin import (
    accounts,
    adjustments,
    entries,
    holds,
    lots,
    notices,
    qualifying,
    remarks,
    tiers,
    unmarked,
    wallets,
)

__all__ = [
    "accounts",
    "adjustments",
    "entries",
    "holds",
    "lots",
    "notices",
    "qualifying",
    "remarks",
    "tiers",
    "unmarked",
    "wallets",
]
