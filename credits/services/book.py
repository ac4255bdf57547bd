"""The book of a batch: its accounts, locked; what is posted gathers in memory and is written once.

Everything that moves points, claims to a tier, or tiers goes through a Book. It is opened inside a
transaction with all the customers that the batch touches; from then on their sums can be read and relied on,
because nobody else can move them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from credits.models.entries import EntryKind
from credits.models.wallets import ExpiryRule
from credits.selectors.terms import TierTerms, WalletTerms, tier_reached
from credits.selectors.tiers import review_date
from credits.services import expiry, posting
from credits.services.claims import WindowClaims
from credits.services.ledger_rows import Cause, LotChange, Move, NewEntry, NewLot, NewLotUse, OpenAccount
from referrals.services.events import NewEvent, record_events

ACTOR = "engine"
NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})


class Term(Enum):
    """Stands for a moment that the wallet's own rule gives."""

    OF_THE_WALLET = auto()


@dataclass(slots=True)
class Book:
    """Postings to a set of locked accounts of one wallet; `write` puts them into the database."""

    terms: WalletTerms
    now: datetime
    accounts: dict[int, OpenAccount]
    tier_history: dict[int, list[tuple[datetime, int | None, int]]]
    entries: list[NewEntry] = field(default_factory=list)
    lot_uses: list[NewLotUse] = field(default_factory=list)
    lot_changes: dict[int, LotChange] = field(default_factory=dict)
    active: dict[int, datetime] = field(default_factory=dict)
    qualifying: list[tuple[Any, ...]] = field(default_factory=list)
    lessened: set[int] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    actor: str = ACTOR
    claims: WindowClaims = field(init=False)

    def __post_init__(self) -> None:
        self.claims = WindowClaims(self.terms, self.now, self.accounts)

    def earn(
        self,
        customer_id: int,
        points: int,
        cause: Cause,
        *,
        kind: EntryKind = EntryKind.EARNED,
        waiting_for: str = "",
        active_at: datetime | None = None,
        expires_at: datetime | Term | None = Term.OF_THE_WALLET,
    ) -> NewEntry:
        """Post points that come, as a lot: what can be spent at once repays a debt first.

        :param waiting_for: what must happen before the points can be spent; empty: nothing but time.
        :param active_at: from when they can be spent; by the wallet's rule if None.
        :param expires_at: when they lapse; None: never.
        """
        account = self._touch(customer_id)
        if expires_at is Term.OF_THE_WALLET:
            expires_at = expiry.expires_at(self.terms, cause.occurred_at)
        if active_at is None:
            active_at = expiry.active_at(self.terms, cause.occurred_at, self.now)
        is_pending = bool(waiting_for) or active_at > self.now
        repaid = 0 if is_pending else min(account.owed, points)
        entry = self.post(customer_id, points, kind, cause, {"pending": is_pending})
        entry.lot = NewLot(points, points - repaid, None if waiting_for else active_at, waiting_for, expires_at)
        if repaid:
            self.lot_uses.append(NewLotUse(lot=entry, entry=entry, points=repaid))
        account.owed -= repaid
        if is_pending:
            account.pending += points
            self.expect_change(account, None if waiting_for else active_at)
        else:
            account.available += points - repaid
        if kind == EntryKind.EARNED:
            account.lifetime_points += points
        self.expect_change(account, expires_at)
        self.be_active(account, cause.occurred_at)
        return entry

    def post(
        self, customer_id: int, points: int, kind: EntryKind, cause: Cause, told: Mapping[str, Any] = NOTHING_MORE
    ) -> NewEntry:
        """Add an entry and tell of it; which lots and sums it moves is the caller's to say.

        :param told: what the event says besides how many points, and why.
        """
        account = self._touch(customer_id)
        entry = NewEntry(account.id, points, kind, cause, self.actor)
        self.entries.append(entry)
        self._tell(account, f"points.{kind.value}", {"points": abs(points), "reason": cause.reason, **told})
        return entry

    def draw_on(self, lot_id: int, points: int) -> None:
        """Lower what remains of a lot (negative points raise it)."""
        self._change(lot_id).drawn += points

    def hold_on(self, lot_id: int, points: int) -> None:
        """Bind points of a lot to a hold (negative points set them free)."""
        self._change(lot_id).held += points

    def free_of(self, lot_id: int, remaining: int, held: int) -> int:
        """What of a lot nobody has been promised, with what this book has done about it already."""
        change = self.lot_changes.get(lot_id)
        return remaining - held if change is None else remaining - held - change.drawn - change.held

    def drawn_from(self, lot_id: int) -> int:
        """How much this book has taken from a lot that was there before."""
        change = self.lot_changes.get(lot_id)
        return 0 if change is None else change.drawn

    def is_spendable(self, account: OpenAccount, active_at: datetime | None) -> bool:
        """Whether points that become spendable at a moment are among those that the account says are available.

        Whoever wrote it may have a clock that is ahead of ours: then it has changed already by all that lies before
        the next change that it knows.
        """
        if active_at is None:
            return False
        return active_at <= self.now or account.next_change_at is None or active_at < account.next_change_at

    def expect_change(self, account: OpenAccount, moment: datetime | None) -> None:
        """The account's balance changes by itself at `moment`, if it is not None."""
        if moment is not None and (account.next_change_at is None or moment < account.next_change_at):
            account.next_change_at = moment

    def be_active(self, account: OpenAccount, moment: datetime | None = None) -> None:
        """The customer earned or spent: where points lapse by inactivity, all of them live on."""
        if self.terms.expiry_rule == ExpiryRule.INACTIVITY:
            self.active[account.id] = max(self.active.get(account.id, moment or self.now), moment or self.now)

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
        if self.claims.opens is not None:
            self.claims.add(account, spend, orders, points, occurred_at)
        elif spend < 0 or orders < 0 or points < 0:
            self.lessened.add(customer_id)
        self.qualifying.append((account.id, evaluation_id, spend, orders, points, occurred_at))

    def lift_tier(self, customer_id: int, *, evaluation_id: int | None, occurred_at: datetime) -> Move | None:
        """Move a customer up to the tier they have reached, if it is higher than theirs and theirs is not locked.

        :returns: the move, or None; downgrades are for a review, not for a posting.
        """
        account = self.accounts[customer_id]
        reached = self._tier_reached(account)
        current = self.tier_of(account.tier_id)
        if reached is None or (current is not None and reached.rank <= current.rank) or self.is_locked(customer_id):
            return None
        return self.move_tier(
            customer_id,
            to_tier=reached,
            reason="reached",
            evaluation_id=evaluation_id,
            occurred_at=occurred_at,
        )

    def move_tier(
        self, customer_id: int, *, to_tier: TierTerms, reason: str, evaluation_id: int | None, occurred_at: datetime
    ) -> Move:
        """Put a customer into a tier, from `occurred_at` on but never before their last move; it is reviewed later."""
        account = self._touch(customer_id)
        effective_at = max(occurred_at, account.tier_since or occurred_at)
        review_at = review_date(self.terms, tier=to_tier, since=effective_at, after=self.now)
        move = Move(account.id, account.tier_id, to_tier, reason, evaluation_id, effective_at)
        self.moves.append(move)
        self.tier_history.setdefault(account.id, []).append((effective_at, account.tier_id, to_tier.id))
        told = {"from": account.tier_id, "to": to_tier.id, "reason": reason, "review_at": review_at}
        self._tell(account, "tier.changed", told)
        account.tier_id, account.tier_since = to_tier.id, effective_at
        account.tier_review_at, account.tier_warned_at = review_at, None
        return move

    def is_locked(self, customer_id: int) -> bool:
        """Whether staff gave a customer their tier, and it stays for now."""
        locked_until = self.accounts[customer_id].tier_locked_until
        return locked_until is not None and locked_until > self.now

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

    def tier_above(self, customer_id: int) -> TierTerms | None:
        """The tier next above a customer's, whatever it requires; None at the top."""
        current = self.tier_of(self.accounts[customer_id].tier_id)
        rank = current.rank if current is not None else -1
        return next((tier for tier in self.terms.tiers if tier.rank > rank), None)

    def tier_reached(self, customer_id: int) -> TierTerms | None:
        """The tier that a customer's claims justify now."""
        return self._tier_reached(self.accounts[customer_id])

    def tell(self, customer_id: int, type_: str, payload: dict[str, Any]) -> None:
        """Put an event of a customer into the outbox, numbered under the lock on their account."""
        self._tell(self._touch(customer_id), type_, payload)

    def write(self) -> None:
        """Write everything that was posted: a fixed number of statements, whatever the size of the batch."""
        self._reconsider_tiers()
        posting.write_entries(terms=self.terms, entries=self.entries, now=self.now)
        posting.write_lot_uses(uses=self.lot_uses, changes=self.lot_changes)
        if self.active:
            posting.extend_lots({id_: expiry.expires_at(self.terms, at) for id_, at in self.active.items()})
        posting.write_qualifying(self.qualifying)
        posting.write_tier_moves(moves=self.moves, now=self.now)
        touched = [account for account in self.accounts.values() if account.touched]
        posting.write_accounts(touched)
        posting.mark_snapshots(terms=self.terms, accounts=touched, now=self.now)
        record_events(merchant_id=self.terms.merchant_id, events=self.events, now=self.now)

    def _tier_reached(self, account: OpenAccount) -> TierTerms | None:
        spend, orders, points = self.claims.of(account)
        return tier_reached(self.terms.tiers, spend=spend, orders=orders, points=points)

    def _reconsider_tiers(self) -> None:
        """Have the tier of a lifetime reviewed if what was taken back had justified it."""
        for customer_id in self.lessened:
            account = self.accounts[customer_id]
            current, reached = self.tier_of(account.tier_id), self._tier_reached(account)
            is_kept = current is None or (reached is not None and reached.rank >= current.rank)
            if account.tier_review_at is None and not is_kept:
                account.tier_review_at = self.now

    def _change(self, lot_id: int) -> LotChange:
        return self.lot_changes.setdefault(lot_id, LotChange(lot_id))

    def _touch(self, customer_id: int) -> OpenAccount:
        account = self.accounts[customer_id]
        account.touched = True
        return account

    def _tell(self, account: OpenAccount, type_: str, payload: dict[str, Any]) -> None:
        account.event_sequence += 1
        self.events.append(NewEvent(type_, "account", account.id, account.event_sequence, payload))
