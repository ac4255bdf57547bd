"""What the accounts of a book claim towards a tier, within the window of their wallet."""

from collections.abc import Mapping
from datetime import datetime

from credits.selectors.terms import WalletTerms
from credits.selectors.tiers import Claims, claims_after, window_opens
from credits.services.ledger_rows import OpenAccount


class WindowClaims:
    """Claims of locked accounts.

    Over a lifetime they are the sums of the account, and cost nothing. In a window they are added up from dated
    rows, in one statement for all accounts of the book when the first of them is asked for; what the book itself
    adds is added here.
    """

    def __init__(self, terms: WalletTerms, now: datetime, accounts: Mapping[int, OpenAccount]) -> None:
        self.opens = window_opens(terms, now)
        self._accounts = accounts
        self._sums: dict[int, Claims] | None = None

    def of(self, account: OpenAccount) -> Claims:
        """What counts for an account now."""
        if self.opens is None:
            return Claims(account.qualifying_spend, account.qualifying_orders, account.qualifying_points)
        return self._read()[account.id]

    def add(self, account: OpenAccount, spend: int, orders: int, points: int, occurred_at: datetime) -> None:
        """Count what the book adds, if it is dated within the window."""
        sums = self._read()
        if self.opens is None or occurred_at > self.opens:
            before = sums[account.id]
            sums[account.id] = Claims(before.spend + spend, before.orders + orders, before.points + points)

    def _read(self) -> dict[int, Claims]:
        if self._sums is None:
            self._sums = claims_after({account.id: self.opens for account in self._accounts.values()})
        return self._sums
