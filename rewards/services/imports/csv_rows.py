"""Purchases as CSV: UTF-8, commas, a header, one purchase a row.

The header names the columns, in any order. Needed are `order_id, occurred_at, total, customer_id`; allowed are also
`event_id` (else the order id is it), `currency` (else the merchant's), `customer_email, customer_name,
referral_code, payment_status` and `items`, a JSON list as the API takes it. Amounts are minor units; an empty cell
says nothing. A cell is text and nothing else: what a spreadsheet would run as a formula is kept as it is written.
"""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from config.lib import strict_json
from config.lib.errors import Invalid
from rewards.services.imports.rows import Row

NEEDED = ("order_id", "occurred_at", "total", "customer_id")
OF_CUSTOMER = {"customer_id": "id", "customer_email": "email", "customer_name": "name"}
PLAIN = ("event_id", "order_id", "occurred_at", "currency", "referral_code", "payment_status")
COLUMNS = (*PLAIN, "total", *OF_CUSTOMER, "items")


class HeaderInvalid(Invalid):
    """The first line must name the columns."""

    code = "header_invalid"


def read_csv(text: TextIO, *, currency: str) -> Iterator[Row]:
    """Read purchases; a row that cannot be read is told as such, and the next one is read.

    :param text: opened with `errors="surrogateescape"`, so that bytes which are not UTF-8 spoil their own row only.
    :raises HeaderInvalid: if the columns are not named, or named wrongly.
    """
    rows = csv.reader(text, strict=True)
    header = _header(rows)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(rows.line_num, problem=f"not CSV: {error}")
            continue
        if cells:
            yield _row(rows.line_num, header, cells, currency)


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        header = next(rows, [])
    except csv.Error as error:
        raise HeaderInvalid(f"The header is not CSV: {error}.") from None
    if unknown := [name for name in header if name not in COLUMNS]:
        raise HeaderInvalid(f"Unknown columns: {', '.join(map(repr, unknown))}. Known are {', '.join(COLUMNS)}.")
    if missing := [name for name in NEEDED if name not in header]:
        raise HeaderInvalid(f"Missing columns: {', '.join(missing)}.")
    if len(set(header)) != len(header):
        raise HeaderInvalid("A column is named twice.")
    return header


def _row(line: int, header: list[str], cells: list[str], currency: str) -> Row:
    if len(cells) != len(header):
        return Row(line, problem=f"{len(cells)} cells, and the header has {len(header)}")
    if not _is_utf8(cells):
        return Row(line, problem="not UTF-8")
    given = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    if empty := [name for name in NEEDED if name not in given]:
        return Row(line, problem=f"empty: {', '.join(empty)}")
    try:
        return Row(line, _event(given, currency))
    except ValueError as error:
        return Row(line, problem=f"items: {error}")


def _is_utf8(cells: list[str]) -> bool:
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


def _event(given: dict[str, str], currency: str) -> dict[str, Any]:
    event: dict[str, Any] = {name: given[name] for name in PLAIN if name in given}
    event["customer"] = {key: given[name] for name, key in OF_CUSTOMER.items() if name in given}
    event.setdefault("event_id", given["order_id"])
    event.setdefault("currency", currency)
    event["total"] = _whole_number(given["total"])
    if "items" in given:
        event["items"] = strict_json.loads(given["items"].encode())
    return event


def _whole_number(cell: str) -> int | str:
    """The number, if plain digits spell one; else the text as it is, which is refused where it is checked."""
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 20 else cell
