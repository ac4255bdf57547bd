"""The purchase log of CDNOW (Fader and Hardie): customer, date, number of CDs, dollars, separated by blanks.

It has no ids of events and orders, so the line of the file is that id; and no times, so a day's purchases are at
noon. It has no referrals either; they are derived by a rule: of the customers in order of their first appearance,
every seventh was referred by the customer six before, whose code their first purchase brings.
"""

import re
from collections.abc import Iterator
from typing import Any, TextIO

from rewards.services.imports.rows import Row

HEADING = "customer_id"
EVERY_NTH_IS_REFERRED = 7
BY_HOW_MANY_BEFORE = 6
_ROW = re.compile(r"\s*(\d+)\s+(\d{4})(\d\d)(\d\d)\s+(\d+)\s+(\d+)\.(\d\d)\s*", re.ASCII)


def read_cdnow(text: TextIO, *, currency: str) -> Iterator[Row]:
    """Read the log; its lines have one shape, and anything else is told as such."""
    customers: dict[str, None] = {}
    in_order: list[str] = []
    for line, written in enumerate(text, start=1):
        if line == 1 and written.strip().startswith(HEADING):
            continue
        match = _ROW.fullmatch(written)
        if match is None:
            yield Row(line, problem="not a customer, a date, a number of CDs and dollars with cents")
            continue
        customer = match[1]
        referred_by = ""
        if customer not in customers:
            customers[customer] = None
            in_order.append(customer)
            if len(in_order) % EVERY_NTH_IS_REFERRED == 0:
                referred_by = in_order[-1 - BY_HOW_MANY_BEFORE]
        yield Row(line, _event(line, match, currency), referred_by=referred_by)


def _event(line: int, match: re.Match[str], currency: str) -> dict[str, Any]:
    customer, year, month, day, quantity, dollars, cents = match.groups()
    total, count = int(dollars) * 100 + int(cents), int(quantity)
    return {
        "event_id": str(line),
        "order_id": f"cdnow-{line}",
        "occurred_at": f"{year}-{month}-{day}T12:00:00Z",
        "currency": currency,
        "total": total,
        "customer": {"id": customer},
        # What one CD cost is not known; only the total counts for points.
        "items": [{"sku": "cd", "category": "music", "quantity": count, "unit_price": total // max(1, count)}],
    }
