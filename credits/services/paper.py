"""A book on paper: it is reckoned in like any other, about accounts that are thought of, and never written.

What would have happened under other rules is found out with it, by the code that makes it happen.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from credits.selectors.terms import TierTerms, WalletTerms
from credits.selectors.tiers import Claims, window_opens
from credits.services import posting
from credits.services.book import Book
from credits.services.ledger_rows import Move, OpenAccount
from credits.services.reviewing import review, review_window


def glance_at_book(*, terms: WalletTerms, customer_ids: Collection[int], now: datetime, earliest: datetime) -> Book:
    """A book of how these customers stand, with nothing locked: what it says may change at any moment.

    :param earliest: the earliest moment that is spoken of, so that tiers of that day can be told.
    """
    accounts = posting.read_accounts(terms=terms, customer_ids=customer_ids)
    missing = PaperAccounts(terms)
    for customer_id in set(customer_ids) - accounts.keys():
        accounts[customer_id] = missing[customer_id]
        accounts[customer_id].id = -customer_id  # No account has it, so nothing is read of anybody else.
    late = [each.id for each in accounts.values() if each.tier_since is not None and earliest < each.tier_since]
    return Book(terms=terms, now=now, accounts=accounts, tier_history=posting.tier_history(late))


class PaperAccounts(dict[int, OpenAccount]):
    """The accounts of everybody who is asked for, empty at first and in the lowest tier; each has its customer's id."""

    def __init__(self, terms: WalletTerms) -> None:
        super().__init__()
        self._tier_id = terms.tiers[0].id if terms.tiers else None

    def __missing__(self, customer_id: int) -> OpenAccount:
        account = OpenAccount(customer_id, customer_id, *(0,) * 8, self._tier_id, None, None, 0)
        self[customer_id] = account
        return account


class PaperClaims:
    """What accounts claim towards a tier at the moment that the book has reached."""

    def __init__(self, book: "PaperBook") -> None:
        self._book = book
        self._dated: dict[int, list[tuple[datetime, Claims]]] = {}

    @property
    def opens(self) -> datetime | None:
        """What is dated after this moment counts; None: all does."""
        return window_opens(self._book.terms, self._book.now)

    def of(self, account: OpenAccount) -> Claims:
        """What counts for an account now."""
        opens = self.opens
        if opens is None:
            return Claims(account.qualifying_spend, account.qualifying_orders, account.qualifying_points)
        return self.after(account, opens)

    def after(self, account: OpenAccount, opens: datetime | None) -> Claims:
        """What counts for an account after a moment; None: all does."""
        dated = self._dated.get(account.id, [])
        counted = [claims for at, claims in dated if opens is None or at > opens]
        return Claims(*map(sum, zip(*counted, strict=True))) if counted else Claims()

    def add(self, account: OpenAccount, spend: int, orders: int, points: int, occurred_at: datetime) -> None:
        """Count what the book adds."""
        self._dated.setdefault(account.id, []).append((occurred_at, Claims(spend, orders, points)))


class PaperBook(Book):
    """Tiers and claims as they would be at `now`, which its reader moves on; points are for its reader to count."""

    def __init__(self, *, terms: WalletTerms, now: datetime) -> None:
        super().__init__(terms=terms, now=now, accounts=PaperAccounts(terms), tier_history={})
        self.claims = PaperClaims(self)  # type: ignore[assignment]  # it is asked the same questions
        self._lifted_by: dict[int, int | None] = {}

    def reach(self, moment: datetime, *customer_ids: int) -> None:
        """Go on to a moment, and review the tiers of these customers that were due before it."""
        for customer_id in customer_ids:
            account = self.accounts[customer_id]
            while account.tier_review_at is not None and account.tier_review_at <= moment:
                self.now = account.tier_review_at
                claims: Any = self.claims
                review(self, customer_id, claims.after(account, review_window(self.terms, account)))
        self.now = moment

    def earn(self, *_args: Any, **_kwargs: Any) -> None:  # type: ignore[override]  # there is no entry to return
        """Points are for the reader of the book to count."""

    def qualify(self, customer_id: int, **claim: Any) -> None:
        """Add to a customer's claim to a tier, and keep no row of it."""
        super().qualify(customer_id, **claim)
        self.qualifying.clear()
        self.lessened.clear()

    def move_tier(
        self, customer_id: int, *, to_tier: TierTerms, reason: str, evaluation_id: int | None, occurred_at: datetime
    ) -> Move:
        """Put a customer into a tier, and remember by what."""
        self._lifted_by[customer_id] = evaluation_id
        return super().move_tier(
            customer_id, to_tier=to_tier, reason=reason, evaluation_id=evaluation_id, occurred_at=occurred_at
        )

    def take_back_tier(self, customer_id: int, *, evaluation_ids: set[int], evaluation_id: int) -> None:
        """Undo the rise that one of these evaluations brought, if what remains does not justify it."""
        current, justified = self.tier_of(self.accounts[customer_id].tier_id), self.tier_reached(customer_id)
        if current is None or justified is None or justified.rank >= current.rank:
            return
        if self._lifted_by.get(customer_id) in evaluation_ids:
            self.move_tier(
                customer_id,
                to_tier=justified,
                reason="refunded",
                evaluation_id=evaluation_id,
                occurred_at=self.now,
            )

    def write(self) -> None:
        """A book on paper is never written.

        :raises TypeError: always.
        """
        raise TypeError("A book on paper is never written.")

    def _tell(self, account: OpenAccount, type_: str, payload: dict[str, Any]) -> None:
        """Nobody is told."""
