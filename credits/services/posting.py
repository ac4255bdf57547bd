"""The few statements that write the ledger, each over all rows of a batch at once.

Nothing is decided here, and only the Book calls it. Columns are named and typed, because these statements go
past the ORM: creating model instances would cost more than the database does.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from config.lib import snapshots
from config.lib.bulk import copy_rows, execute_rows, next_ids
from config.lib.ids import uuid7_texts
from config.lib.prepared import execute_prepared
from credits.models.accounts import Account
from credits.models.entries import Entry
from credits.models.lots import Lot, LotUse
from credits.models.qualifying import QualifyingAmount
from credits.models.tiers import TierMove
from credits.selectors.terms import WalletTerms
from credits.services.epochs import end_epoch
from credits.services.ledger_rows import LotChange, Move, NewEntry, NewLotUse, OpenAccount

ACCOUNT_SUMS = (
    "available, pending, held, owed, lifetime_points, qualifying_spend, qualifying_orders, qualifying_points,"
    " tier_id, tier_since, next_change_at, event_sequence, tier_review_at, tier_warned_at, tier_locked_until"
)
ENTRY_COLUMNS = (
    "id", "uuid", "merchant_id", "account_id", "points", "kind", "source_type", "source_id", "evaluation_id",
    "policy_version_id", "reason", "reason_args", "actor", "key", "occurred_at", "posted_at",
)  # fmt: skip
LOT_COLUMNS = (
    "entry_id", "account_id", "granted", "remaining", "earned_at", "active_at", "waiting_for", "expires_at",
)  # fmt: skip
TIER_MOVE_COLUMNS = (
    "account_id", "from_tier_id", "to_tier_id", "reason", "evaluation_id", "effective_at", "recorded_at",
)  # fmt: skip


def lock_accounts(*, terms: WalletTerms, customer_ids: Collection[int]) -> dict[int, OpenAccount]:
    """Lock the accounts of these customers in the one order, by id; the missing ones are made first.

    They are made before anything is locked, in the order of customers, so that two batches which make the
    same accounts wait for each other and never cross.

    :returns: the accounts by customer.
    """
    ids = sorted(customer_ids)
    made = execute_prepared(
        """
        INSERT INTO credits_account (merchant_id, customer_id, wallet_id, available, pending, held, owed,
            lifetime_points, qualifying_spend, qualifying_orders, qualifying_points, tier_id, event_sequence)
        SELECT %s, wanted.id, %s, 0, 0, 0, 0, 0, 0, 0, 0, %s::bigint, 0
        FROM unnest(%s::bigint[]) AS wanted (id)
        WHERE NOT EXISTS (SELECT FROM credits_account WHERE customer_id = wanted.id AND wallet_id = %s)
        ORDER BY wanted.id
        ON CONFLICT DO NOTHING
        RETURNING customer_id
        """,
        [terms.merchant_id, terms.wallet_id, terms.tiers[0].id if terms.tiers else None, ids, terms.wallet_id],
    )
    new = {customer_id for (customer_id,) in made}
    accounts = read_accounts(terms=terms, customer_ids=ids, locking="ORDER BY id FOR UPDATE")
    for customer_id, account in accounts.items():
        account.is_new = customer_id in new
    return accounts


def read_accounts(
    *, terms: WalletTerms, customer_ids: Collection[int], locking: LiteralString = ""
) -> dict[int, OpenAccount]:
    """The accounts of these customers as they stand, by customer.

    :param locking: the end of the statement, which locks them.
    """
    rows = execute_prepared(
        f"""
        SELECT id, customer_id, {ACCOUNT_SUMS} FROM credits_account
        WHERE customer_id = ANY(%s) AND wallet_id = %s {locking}
        """,  # noqa: S608 (its parts are ours)
        [list(customer_ids), terms.wallet_id],
    )
    accounts = [OpenAccount(*row) for row in rows]
    return {account.customer_id: account for account in accounts}


def tier_history(account_ids: Sequence[int]) -> dict[int, list[tuple[datetime, int | None, int]]]:
    """Past tier moves of accounts, oldest first: (since when, from which tier, to which)."""
    history: dict[int, list[tuple[datetime, int | None, int]]] = {}
    if account_ids:
        moves = TierMove.objects.filter(account__in=account_ids).order_by("effective_at", "id")
        for move in moves:
            history.setdefault(move.account_id, []).append((move.effective_at, move.from_tier_id, move.to_tier_id))
    return history


def write_entries(*, terms: WalletTerms, entries: Sequence[NewEntry], now: datetime) -> None:
    """Write entries and the lots they bring; each entry learns its id."""
    if not entries:
        return
    for entry, entry_id in zip(entries, next_ids(Entry, len(entries)), strict=True):
        entry.id = entry_id
    posted_at = now.isoformat()  # Once, not for each row: dates are the dearest part of a row.
    copy_rows(
        Entry,
        ENTRY_COLUMNS,
        (
            (
                entry.id, uuid, terms.merchant_id, entry.account_id, entry.points, entry.kind,
                entry.cause.source_type, entry.cause.source_id, entry.cause.evaluation_id,
                entry.cause.policy_version_id, entry.cause.reason,
                msgspec.json.encode(entry.cause.reason_args).decode(), entry.actor, entry.cause.key,
                entry.cause.occurred_at, posted_at,
            )
            for entry, uuid in zip(entries, uuid7_texts(len(entries)), strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        Lot,
        LOT_COLUMNS,
        (
            (
                entry.id, entry.account_id, entry.lot.granted, entry.lot.remaining, entry.cause.occurred_at,
                entry.lot.active_at, entry.lot.waiting_for, entry.lot.expires_at,
            )
            for entry in entries
            if entry.lot is not None
        ),
    )  # fmt: skip


def write_lot_uses(*, uses: Sequence[NewLotUse], changes: Mapping[int, LotChange]) -> None:
    """Write which lot paid for what, and what becomes of lots that were there before."""
    if uses:
        copy_rows(
            LotUse,
            ("lot_id", "entry_id", "points"),
            ((_id_of(use.lot), _id_of(use.entry), use.points) for use in uses),
        )
    execute_rows(
        """
        UPDATE credits_lot SET remaining = remaining - change.drawn, held = credits_lot.held + change.held
        FROM json_to_recordset(%s) AS change (id bigint, drawn bigint, held bigint) WHERE entry_id = change.id
        """,
        [change for change in changes.values() if change.drawn or change.held],
    )


def extend_lots(expires_at: Mapping[int, datetime | None]) -> None:
    """Let all points of accounts live as long as these moments say, by account; none lapses earlier than before."""
    execute_rows(
        """
        UPDATE credits_lot SET expires_at = change.expires_at
        FROM json_to_recordset(%s) AS change (account bigint, expires_at timestamptz)
        WHERE account_id = change.account AND remaining > 0 AND credits_lot.expires_at < change.expires_at
        """,
        [{"account": account_id, "expires_at": moment} for account_id, moment in expires_at.items()],
    )


def _id_of(row: NewEntry | int) -> int:
    return row if isinstance(row, int) else row.id


def write_qualifying(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write what the batch added to claims to a tier."""
    if rows:
        copy_rows(
            QualifyingAmount,
            ("account_id", "evaluation_id", "spend", "orders", "points", "occurred_at"),
            rows,
        )


def write_tier_moves(*, moves: Sequence[Move], now: datetime) -> None:
    """Write the history of tiers."""
    if moves:
        copy_rows(
            TierMove,
            TIER_MOVE_COLUMNS,
            (
                (
                    move.account_id, move.from_tier_id, move.to_tier.id, move.reason, move.evaluation_id,
                    move.effective_at, now,
                )
                for move in moves
            ),
        )  # fmt: skip


def write_accounts(accounts: Sequence[OpenAccount]) -> None:
    """Write the sums of accounts, which are locked by this transaction; one that gets points is closed no longer."""
    if not accounts:
        return
    execute_rows(
        f"""
        UPDATE {Account._meta.db_table} AS account
        SET ({ACCOUNT_SUMS}) = (
            sums.available, sums.pending, sums.held, sums.owed, sums.lifetime_points, sums.qualifying_spend,
            sums.qualifying_orders, sums.qualifying_points, sums.tier_id, sums.tier_since, sums.next_change_at,
            sums.event_sequence, sums.tier_review_at, sums.tier_warned_at, sums.tier_locked_until),
            closed_at = CASE WHEN sums.available + sums.pending = 0 AND sums.lifetime_points <= account.lifetime_points
                THEN account.closed_at END
        FROM json_to_recordset(%s) AS sums (id bigint, available bigint, pending bigint, held bigint, owed bigint,
            lifetime_points bigint, qualifying_spend bigint, qualifying_orders bigint, qualifying_points bigint,
            tier_id bigint, tier_since timestamptz, next_change_at timestamptz, event_sequence bigint,
            tier_review_at timestamptz, tier_warned_at timestamptz, tier_locked_until timestamptz)
        WHERE account.id = sums.id
        """,  # noqa: S608 (column names are ours)
        accounts,
    )


def mark_snapshots(*, terms: WalletTerms, accounts: Sequence[OpenAccount], now: datetime) -> None:
    """Tell those who keep snapshots of these accounts that this transaction is about to change them.

    If they cannot be told, this very transaction ends the epoch of all snapshots.
    """
    if not accounts:
        return
    ((transaction_id,),) = execute_prepared("SELECT pg_current_xact_id()::text", [])
    customers = [account.customer_id for account in accounts]
    if not snapshots.mark(merchant_id=terms.merchant_id, customer_ids=customers, transaction_id=transaction_id):
        end_epoch(merchant_id=terms.merchant_id, now=now)
