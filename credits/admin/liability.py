"""The liability report as tables, for the page and for the export alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.lib.admin import link_to_rows
from config.lib.money import format_amount, major_units
from config.lib.numbers import percentage
from config.lib.spreadsheets import Cell, as_csv
from credits.models.accounts import Account
from credits.models.entries import Entry
from credits.models.lots import Lot
from credits.services.liability import Band, Liability, Movement

UNKNOWN = gettext_noop("unknown")
METHOD = gettext_noop(
    "Expected to lapse: of the points that could expire and that left a lot of this age or older in the last twelve"
    " months, by being spent or by expiring, the share that expired. Points that came back count as not spent. Without"
    " such a history it is unknown."
)
RECONCILED = gettext_noop("Opening + came − went = closing. An entry belongs to the day on which it was posted.")

Money = Callable[[int], Cell]


@dataclass(frozen=True, slots=True)
class Behind:
    """A number, and which rows it is the sum of."""

    number: int
    model: type[Model]
    lookups: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text and numbers, with what has to be said about them."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell | Behind]]
    notes: Sequence[str] = ()

    def with_links(self) -> list[list[Cell | SafeString]]:
        """The rows for a page: a number that has rows behind it leads to them."""
        return [[_linked(cell) for cell in row] for row in self.rows]

    def plain(self) -> list[list[Cell]]:
        """All of it for a file."""
        rows = [[cell.number if isinstance(cell, Behind) else cell for cell in row] for row in self.rows]
        notes: list[list[Cell]] = [[note] for note in self.notes]
        return [[self.title], list(self.headings), *rows, *notes]


def tables(report: Liability) -> list[Table]:
    """The report for a page."""
    currency = report.wallet.merchant.currency
    return _tables(report, lambda points: format_amount(report.value_of(points), currency))


def export(report: Liability) -> str:
    """The report as CSV: tables below one another, money as plain numbers in the merchant's currency."""
    merchant = report.wallet.merchant
    head: list[list[Cell]] = [
        [_("Merchant"), merchant.name],
        [_("Wallet"), report.wallet.code],
        [_("Currency"), merchant.currency],
        [_("As of"), report.as_of.isoformat()],
        [_("From"), report.start.isoformat()],
        [_("To, not included"), report.end.isoformat()],
    ]
    below = _tables(report, lambda points: major_units(report.value_of(points), merchant.currency))
    parts = [head, *(table.plain() for table in below)]
    return "\r\n".join(as_csv(part) for part in parts)


def _tables(report: Liability, money: Money) -> list[Table]:
    """What is outstanding by age, what it comes to, and what moved."""
    owed = Behind(report.owed, Account, {"wallet": report.wallet.pk, "owed__gt": 0})
    return [
        Table(
            _("Outstanding points by age"),
            (
                _("Age in months"), _("Available"), _("Pending"), _("Held"), _("All"), _("Of which never expire"),
                _("Value"), _("Share expected to lapse"), _("Points expected to lapse"), _("Value of those"),
            ),
            [*(_band(report, band, money) for band in report.bands), _all_ages(report, money)],
            [_(METHOD)],
        ),
        Table(
            _("What it comes to"),
            ("", _("Points"), _("Value")),
            [
                (_("Outstanding"), report.points, money(report.points)),
                (_("Lapsed, and not written off yet"), report.lapsed, money(report.lapsed)),
                (_("Owed by customers"), owed, money(report.owed)),
                (_("All entries: outstanding + lapsed − owed"), report.booked, money(report.booked)),
                (_("What a thousand points are worth"), 1000, money(1000)),
            ],
        ),
        Table(
            _("Movement in the period"),
            ("", _("Came"), _("Went"), _("Balance"), _("Value")),
            [
                (_("Opening"), "", "", report.opening, money(report.opening)),
                *(_movement(report, move) for move in report.movements),
                (_("Closing"), "", "", report.closing, money(report.closing)),
            ],
            [_(RECONCILED)],
        ),
    ]  # fmt: skip


def _band(report: Liability, band: Band, money: Money) -> tuple[Cell | Behind, ...]:
    start, end = band.months
    bounds = {"earned_at__gte": band.earned_from, "earned_at__lt": band.earned_before}
    lots = _in_wallet(report, remaining__gt=0, **{name: at.isoformat() for name, at in bounds.items() if at})
    return (
        _("%(start)s to %(end)s") % {"start": start, "end": end} if end else _("%(start)s and more") % {"start": start},
        Behind(band.available, Lot, lots | {"standing": "spendable"}),
        Behind(band.pending, Lot, lots | {"standing": "pending"}),
        Behind(band.held, Lot, lots | {"held__gt": 0}),
        Behind(band.points, Lot, lots),
        Behind(band.lasting, Lot, lots | {"expires_at__isnull": 1}),
        money(band.points),
        _percent(band.rate),
        *_expected(band.breakage, money),
    )


def _all_ages(report: Liability, money: Money) -> tuple[Cell | Behind, ...]:
    def total(of: Callable[[Band], int]) -> int:
        return sum(of(band) for band in report.bands)

    return (
        _("All"),
        total(lambda band: band.available),
        total(lambda band: band.pending),
        total(lambda band: band.held),
        report.points,
        total(lambda band: band.lasting),
        money(report.points),
        "",
        *_expected(report.breakage, money),
    )


def _movement(report: Liability, move: Movement) -> tuple[Cell | Behind, ...]:
    rows = _in_wallet(
        report, kind=move.kind.value, posted_at__gte=report.start.isoformat(), posted_at__lt=report.end.isoformat()
    )
    came = Behind(move.came, Entry, rows | {"points__gt": 0})
    return str(move.kind.label), came, Behind(move.went, Entry, rows | {"points__lt": 0}), "", ""


def _in_wallet(report: Liability, **lookups: object) -> dict[str, object]:
    return {"account__wallet": report.wallet.pk, **lookups}


def _expected(points: int | None, money: Money) -> tuple[Cell, Cell]:
    return (_(UNKNOWN), _(UNKNOWN)) if points is None else (points, money(points))


def _percent(share: Fraction | None) -> str:
    return _(UNKNOWN) if share is None else percentage(float(share), decimals=1)


def _linked(cell: Cell | Behind) -> Cell | SafeString:
    return link_to_rows(cell.model, cell.number, cell.lookups) if isinstance(cell, Behind) else cell
