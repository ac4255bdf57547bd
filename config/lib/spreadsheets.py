"""Tables that people open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

Cell = str | int | Decimal

STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Their full-width forms too, which some spreadsheets read like the plain ones."""


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV (RFC 4180). Text that a spreadsheet would run as a formula gets a quotation mark before it."""
    text = StringIO()
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS_OF_FORMULAS) else cell
