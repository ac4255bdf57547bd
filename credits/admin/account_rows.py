"""The rows that the page of an account shows: the newest of each kind, and a link to all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import link_to, link_to_id, link_to_rows
from config.lib.numbers import signed
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

    title: Promise
    everything: SafeString
    headings: Sequence[Promise]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class _Kind:
    title: Promise
    rows: QuerySet[Any]
    headings: tuple[Promise, ...]
    cells: Callable[[Any], tuple[object, ...]]


def sections(account: Account) -> list[Section]:
    """Everything that was booked on the account, by kind, the newest first."""
    return [
        Section(
            kind.title,
            link_to_rows(kind.rows.model, _("all"), {"account": account.pk}),
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
        lot.active_at or _("waits for: %(cause)s") % {"cause": lot.waiting_for}, lot.expires_at or _("never"),
    )  # fmt: skip


def _entry(entry: Entry) -> tuple[object, ...]:
    lots = link_to_rows(LotUse, _("show"), {"entry": entry.pk})
    points = link_to(entry, signed(entry.points))
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
        link_to(row, signed(row.points)), row.reason, state, row.asked_by, row.asked_at, row.decided_by,
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
        _("Lots that still have points"),
        Lot.objects.filter(remaining__gt=0).select_related("entry__adjustment"),
        (_("Left"), _("Held"), _("Of"), _("Why"), _("Earned"), _("Spendable from"), _("Lapse")),
        _lot,
    ),
    _Kind(
        _("Holds"),
        Hold.objects.all(),
        (_("Points"), _("Taken"), _("State"), _("For"), _("Placed"), _("Ends by itself"), _("Ended")),
        _hold,
    ),
    _Kind(
        _("Entries"),
        Entry.objects.select_related("adjustment"),
        (_("Points"), _("Kind"), _("Why"), _("By"), _("From and to lots"), _("Happened"), _("Posted")),
        _entry,
    ),
    _Kind(
        _("Adjustments"),
        Adjustment.objects.select_related("asked_by", "decided_by", "entry"),
        (_("Points"), _("Why"), _("State"), _("Asked by"), _("Asked"), _("Decided by"), _("Entry")),
        _adjustment,
    ),
    _Kind(
        _("Moves between tiers"),
        TierMove.objects.select_related("from_tier", "to_tier"),
        (_("To"), _("From"), _("Why"), _("Since")),
        _move,
    ),
    _Kind(
        _("Placed in a tier by people"),
        TierAssignment.objects.select_related("tier"),
        (_("Tier"), _("Why"), _("By"), _("Stays until"), _("Placed")),
        _assignment,
    ),
    _Kind(
        _("Told that points will lapse"),
        ExpiryNotice.objects.all(),
        (_("Points"), _("Lapse"), _("Days before"), _("Told")),
        _notice,
    ),
)
