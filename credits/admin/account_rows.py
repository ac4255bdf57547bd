"""The rows that the page of an account shows: the newest of each kind, and a link to all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from config.lib.admin import link_to, link_to_id, link_to_rows
from credits.models.accounts import Account
from credits.models.adjustments import Adjustment, AdjustmentState
from credits.models.entries import Entry, EntryKind
from credits.models.holds import Hold
from credits.models.lots import Lot, LotUse
from credits.models.notices import ExpiryNotice
from credits.models.tiers import TierAssignment, TierMove

ROWS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind as the page shows them, and a link to all that there are."""

    title: str
    everything: SafeString
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    rows: QuerySet[Any]
    headings: tuple[str, ...]
    cells: Callable[[Any], tuple[object, ...]]


def sections(account: Account) -> list[Section]:
    """Everything that was booked on the account, by kind, the newest first."""
    return [
        Section(
            kind.title,
            link_to_rows(kind.rows.model, "all", {"account": account.pk}),
            kind.headings,
            [kind.cells(row) for row in kind.rows.filter(account=account).order_by("-pk")[:ROWS_SHOWN]],
        )
        for kind in _KINDS
    ]


def _why(entry: Entry) -> object:
    """Why points moved: in the words of whoever adjusted them, else by the evaluation or the cause that it names."""
    if entry.kind == EntryKind.ADJUSTED and hasattr(entry, "adjustment"):
        return link_to(entry.adjustment, entry.adjustment.reason)
    if entry.evaluation_id is not None:
        return link_to_id("rewards.evaluation", entry.evaluation_id, entry.reason)
    return entry.reason


def _lot(lot: Lot) -> tuple[object, ...]:
    return (
        link_to(lot, lot.remaining), lot.held, lot.granted, _why(lot.entry), lot.earned_at,
        lot.active_at or f"waits for: {lot.waiting_for}", lot.expires_at or "never",
    )  # fmt: skip


def _entry(entry: Entry) -> tuple[object, ...]:
    lots = link_to_rows(LotUse, "show", {"entry": entry.pk})
    points = link_to(entry, f"{entry.points:+,}")
    return points, entry.get_kind_display(), _why(entry), entry.actor, lots, entry.occurred_at, entry.posted_at


def _hold(hold: Hold) -> tuple[object, ...]:
    return (
        link_to(hold, hold.points), hold.captured_points, hold.get_state_display(), hold.key, hold.created_at,
        hold.expires_at, hold.ended_at,
    )  # fmt: skip


def _adjustment(row: Adjustment) -> tuple[object, ...]:
    state: object = row.get_state_display()
    if row.state == AdjustmentState.WAITING:
        state = link_to_rows(Adjustment, state, {"state__exact": row.state, "account": row.account_id})
    return (
        link_to(row, f"{row.points:+,}"), row.reason, state, row.asked_by, row.asked_at, row.decided_by,
        link_to(row.entry),
    )  # fmt: skip


def _move(move: TierMove) -> tuple[object, ...]:
    reason = link_to_id("rewards.evaluation", move.evaluation_id, move.reason) if move.evaluation_id else move.reason
    return link_to(move, move.to_tier), move.from_tier, reason, move.effective_at


def _assignment(row: TierAssignment) -> tuple[object, ...]:
    return link_to(row, row.tier), row.reason, row.actor, row.until, row.created_at


def _notice(notice: ExpiryNotice) -> tuple[object, ...]:
    return link_to(notice, notice.points), notice.expires_at, notice.lead_days, notice.told_at


_KINDS = (
    _Kind(
        "Lots that still have points",
        Lot.objects.filter(remaining__gt=0).select_related("entry__adjustment"),
        ("Left", "Held", "Of", "Why", "Earned", "Spendable from", "Lapse"),
        _lot,
    ),
    _Kind(
        "Holds",
        Hold.objects.all(),
        ("Points", "Taken", "State", "For", "Placed", "Ends by itself", "Ended"),
        _hold,
    ),
    _Kind(
        "Entries",
        Entry.objects.select_related("adjustment"),
        ("Points", "Kind", "Why", "By", "From and to lots", "Happened", "Posted"),
        _entry,
    ),
    _Kind(
        "Adjustments",
        Adjustment.objects.select_related("asked_by", "decided_by", "entry"),
        ("Points", "Why", "State", "Asked by", "Asked", "Decided by", "Entry"),
        _adjustment,
    ),
    _Kind(
        "Moves between tiers",
        TierMove.objects.select_related("from_tier", "to_tier"),
        ("To", "From", "Why", "Since"),
        _move,
    ),
    _Kind(
        "Placed in a tier by people",
        TierAssignment.objects.select_related("tier"),
        ("Tier", "Why", "By", "Stays until", "Placed"),
        _assignment,
    ),
    _Kind(
        "Told that points will lapse",
        ExpiryNotice.objects.all(),
        ("Points", "Lapse", "Days before", "Told"),
        _notice,
    ),
)
