"""Importing purchases from a file, through the same intake as every other door."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection

from config.lib.errors import Invalid
from referrals.models.customers import Customer
from referrals.models.inbound import InboundEvent
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from referrals.services.codes import issue_codes
from referrals.services.customers import Identity, find_or_create_customers
from rewards.models.evaluations import Evaluation
from rewards.services.imports.rows import Row
from rewards.services.intake import accept_purchases
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event

SOURCE = "import"
CHUNK_SIZE = 500
STATISTICS_AFTER = (0, 9, 99, 999)
"""The chunks after which statistics are refreshed: when there are ten times as many rows as at the last time."""

Report = Callable[[int, str], None]


@dataclass(slots=True)
class Tally:
    """What became of the rows of a file."""

    accepted: int = 0
    repeated: int = 0
    conflict: int = 0
    invalid: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether every row is on record now."""
        return not self.conflict and not self.invalid


def import_purchases(*, merchant: Merchant, rows: Iterable[Row], report: Report, now: datetime) -> Tally:
    """Record purchases, a chunk in a transaction; the same file again changes nothing.

    :param report: told the line and the reason of each row that is not taken; the others are.
    """
    tally = Tally()
    for number, chunk in enumerate(_chunks(rows)):
        _import_chunk(merchant, chunk, tally, report, now)
        if number in STATISTICS_AFTER and tally.accepted:
            _refresh_statistics()
    return tally


def _refresh_statistics() -> None:
    """Let the planner know that tables have grown: what it thinks of a table that was empty makes it slow."""
    tables = (model._meta.db_table for model in (Customer, InboundEvent, Purchase, Evaluation))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK_SIZE)):
        yield chunk


def _import_chunk(merchant: Merchant, chunk: Sequence[Row], tally: Tally, report: Report, now: datetime) -> None:
    codes = _codes(merchant, {row.referred_by for row in chunk if row.referred_by}, now)
    events: list[tuple[int, PurchaseEvent]] = []
    for row in chunk:
        try:
            events.append((row.line, _read(row, codes, merchant.currency)))
        except Invalid as error:
            tally.invalid += 1
            report(row.line, _reason(error))
    outcomes = accept_purchases(merchant=merchant, source=SOURCE, events=[event for _, event in events], now=now)
    for (line, _), outcome in zip(events, outcomes, strict=True):
        setattr(tally, outcome.kind, getattr(tally, outcome.kind) + 1)
        if outcome.kind == "conflict":
            report(line, f"{outcome.code}: it is known, with other content; the first stands")


def _codes(merchant: Merchant, referrers: set[str], now: datetime) -> dict[str, str]:
    """The referral codes of customers, who are made known if they are not yet."""
    if not referrers:
        return {}
    ids = find_or_create_customers(merchant=merchant, identities=[Identity(id_) for id_ in referrers], now=now)
    codes = issue_codes(merchant_id=merchant.pk, customer_ids=list(ids.values()), now=now)
    return {external_id: codes[id_].code for external_id, id_ in ids.items()}


def _read(row: Row, codes: dict[str, str], currency: str) -> PurchaseEvent:
    if row.problem:
        raise Invalid(row.problem)
    brought = {"referral_code": codes[row.referred_by]} if row.referred_by else {}
    return read_purchase_event({**row.raw, **brought}, currency=currency)


def _reason(error: Invalid) -> str:
    places = [f"{mistake['pointer']}: {mistake['detail']}" for mistake in error.errors]
    return "; ".join(places) or error.detail
