"""The book of a batch: its accounts, locked; what is posted gathers in memory and is written once.

Everything that moves points, claims to a tier, or tiers goes through a Book. It is opened inside a
transaction with all the customers that the batch touches; from then on their sums can be read and relied on,
because nobody else can move them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.lib.dates import expiry_of
from credits.models.entries import EntryKind
from credits.selectors import TierTerms, WalletTerms, tier_reached
from credits.services import posting
from credits.services.ledger_rows import Cause, Move, NewEntry, NewLot, NewLotUse, OpenAccount
from referrals.services.events import NewEvent, record_events

ACTOR = "engine"


@dataclass(slots=True)
class Book:
    """Postings to a set of locked accounts of one wallet; `write` puts them into the database."""

    terms: WalletTerms
    now: datetime
    accounts: dict[int, OpenAccount]
    tier_history: dict[int, list[tuple[datetime, int | None, int]]]
    entries: list[NewEntry] = field(default_factory=list)
    lot_uses: list[NewLotUse] = field(default_factory=list)
    lot_draws: dict[int, int] = field(default_factory=dict)
    qualifying: list[tuple[Any, ...]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)

    def earn(
        self,
        customer_id: int,
        points: int,
        cause: Cause,
        *,
        waiting_for: str = "",
        expires_at: datetime | None = None,
    ) -> None:
        """Post earned points: a debt is repaid first, the rest becomes a lot.

        :param waiting_for: what must happen before the points can be spent; empty: at once.
        :param expires_at: overrides the wallet's term.
        """
        account = self._touch(customer_id)
        if expires_at is None and self.terms.expiry_months is not None:
            expires_at = expiry_of(cause.occurred_at, self.terms.expiry_months, self.terms.zone)
        repaid = 0 if waiting_for else min(account.owed, points)
        entry = NewEntry(
            account_id=account.id,
            points=points,
            kind=EntryKind.EARNED,
            cause=cause,
            actor=ACTOR,
            lot=NewLot(
                remaining=points - repaid,
                # A shop's clock may be ahead of ours; what it says was bought is there at once.
                active_at=None if waiting_for else min(cause.occurred_at, self.now),
                waiting_for=waiting_for,
                expires_at=expires_at,
            ),
        )
        self.entries.append(entry)
        if repaid:
            self.lot_uses.append(NewLotUse(lot=entry, entry=entry, points=repaid))
        account.owed -= repaid
        if waiting_for:
            account.pending += points
        else:
            account.available += points - repaid
        account.lifetime_points += points
        if expires_at is not None and (account.next_change_at is None or expires_at < account.next_change_at):
            account.next_change_at = expires_at
        self._tell(account, "points.earned", {"points": points, "reason": cause.reason, "pending": bool(waiting_for)})

    def qualify(
        self,
        customer_id: int,
        *,
        spend: int,
        orders: int,
        points: int,
        evaluation_id: int,
        occurred_at: datetime,
    ) -> None:
        """Add to a customer's claim to a tier (negative amounts take away).

        :param spend: minor units.
        """
        if not (spend or orders or points):
            return
        account = self._touch(customer_id)
        account.qualifying_spend += spend
        account.qualifying_orders += orders
        account.qualifying_points += points
        self.qualifying.append((account.id, evaluation_id, spend, orders, points, occurred_at))

    def lift_tier(self, customer_id: int, *, evaluation_id: int, occurred_at: datetime) -> Move | None:
        """Move a customer up to the tier they have reached, if it is higher than theirs.

        :returns: the move, or None; downgrades are for a review, not for a posting.
        """
        account = self.accounts[customer_id]
        reached = self._tier_reached(account)
        current = self.tier_of(account.tier_id)
        if reached is None or (current is not None and reached.rank <= current.rank):
            return None
        return self.move_tier(
            customer_id,
            to_tier=reached,
            reason="reached",
            evaluation_id=evaluation_id,
            occurred_at=occurred_at,
        )

    def move_tier(
        self, customer_id: int, *, to_tier: TierTerms, reason: str, evaluation_id: int, occurred_at: datetime
    ) -> Move:
        """Put a customer into a tier, from `occurred_at` on but never before their last move."""
        account = self._touch(customer_id)
        effective_at = max(occurred_at, account.tier_since or occurred_at)
        move = Move(account.id, account.tier_id, to_tier, reason, evaluation_id, effective_at)
        self.moves.append(move)
        self.tier_history.setdefault(account.id, []).append((effective_at, account.tier_id, to_tier.id))
        self._tell(account, "tier.changed", {"from": account.tier_id, "to": to_tier.id, "reason": reason})
        account.tier_id, account.tier_since = to_tier.id, effective_at
        return move

    def tier_at(self, customer_id: int, moment: datetime) -> TierTerms | None:
        """The tier that a customer had at `moment`: a late purchase counts with the tier of its day."""
        account = self.accounts[customer_id]
        if account.tier_since is None or moment >= account.tier_since:
            return self.tier_of(account.tier_id)
        history = self.tier_history[account.id]
        for effective_at, _, to_tier_id in reversed(history):
            if effective_at <= moment:
                return self.tier_of(to_tier_id)
        return self.tier_of(history[0][1])

    def tier_of(self, tier_id: int | None) -> TierTerms | None:
        """The terms of a tier of this wallet."""
        return self.terms.tiers_by_id.get(tier_id)

    def tier_reached(self, customer_id: int) -> TierTerms | None:
        """The tier that a customer's sums justify now."""
        return self._tier_reached(self.accounts[customer_id])

    def tell(self, customer_id: int, type_: str, payload: dict[str, Any]) -> None:
        """Put an event of a customer into the outbox, numbered under the lock on their account."""
        self._tell(self._touch(customer_id), type_, payload)

    def write(self) -> None:
        """Write everything that was posted: a fixed number of statements, whatever the size of the batch."""
        posting.write_entries(terms=self.terms, entries=self.entries, now=self.now)
        posting.write_lot_uses(uses=self.lot_uses, draws=self.lot_draws)
        posting.write_qualifying(self.qualifying)
        posting.write_tier_moves(moves=self.moves, now=self.now)
        touched = [account for account in self.accounts.values() if account.touched]
        posting.write_accounts(touched)
        posting.mark_snapshots(terms=self.terms, accounts=touched)
        record_events(merchant_id=self.terms.merchant_id, events=self.events, now=self.now)

    def _tier_reached(self, account: OpenAccount) -> TierTerms | None:
        return tier_reached(
            self.terms.tiers,
            spend=account.qualifying_spend,
            orders=account.qualifying_orders,
            points=account.qualifying_points,
        )

    def _touch(self, customer_id: int) -> OpenAccount:
        account = self.accounts[customer_id]
        account.touched = True
        return account

    def _tell(self, account: OpenAccount, type_: str, payload: dict[str, Any]) -> None:
        account.event_sequence += 1
        self.events.append(NewEvent(type_, "account", account.id, account.event_sequence, payload))


def open_book(
    *, terms: WalletTerms, customer_ids: Collection[int], now: datetime, earliest: datetime | None = None
) -> Book:
    """Lock the accounts of these customers, by id, and make those that are missing.

    :param earliest: the earliest moment that the batch speaks of, so that tiers of that day can be told.
    """
    accounts = posting.lock_accounts(terms=terms, customer_ids=customer_ids)
    late = [
        account.id
        for account in accounts.values()
        if earliest is not None and account.tier_since is not None and earliest < account.tier_since
    ]
    return Book(terms=terms, now=now, accounts=accounts, tier_history=posting.tier_history(late))
