"""What is always true of the ledger."""

from config.lib.guards import guards
from config.lib.proof import Figures
from credits.models.accounts import Account
from credits.models.adjustments import Adjustment
from credits.models.entries import Entry
from credits.models.holds import HeldLot, Hold
from credits.models.lots import Lot, LotUse
from credits.models.qualifying import QualifyingAmount
from credits.services.proofs import books, events, lots, spending, tiers

INVARIANTS = (
    *guards("credits", ledger=[Account, Adjustment, Entry, HeldLot, Hold, Lot, LotUse, QualifyingAmount]),
    *books.INVARIANTS,
    *lots.INVARIANTS,
    *spending.INVARIANTS,
    *tiers.INVARIANTS,
    *events.INVARIANTS,
)

FIGURES = (
    Figures(
        """
        SELECT count(*) AS entries,
            COALESCE(sum(points) FILTER (WHERE kind = 'earned'), 0)::bigint AS issued,
            COALESCE(sum(points) FILTER (WHERE kind = 'restored'), 0)::bigint AS restored,
            COALESCE(-sum(points) FILTER (WHERE kind = 'redeemed'), 0)::bigint AS redeemed,
            COALESCE(-sum(points) FILTER (WHERE kind = 'reversed'), 0)::bigint AS reversed,
            COALESCE(-sum(points) FILTER (WHERE kind = 'expired'), 0)::bigint AS expired,
            COALESCE(sum(points) FILTER (WHERE kind = 'adjusted'), 0)::bigint AS adjusted
        FROM credits_entry
        """
    ),
    Figures(
        """
        SELECT count(*) AS accounts, COALESCE(sum(available), 0)::bigint AS available,
            COALESCE(sum(pending), 0)::bigint AS pending, COALESCE(sum(held), 0)::bigint AS held,
            COALESCE(sum(owed), 0)::bigint AS owed,
            COALESCE(sum(available + pending + held - owed), 0)::bigint AS outstanding
        FROM credits_account
        """
    ),
)
