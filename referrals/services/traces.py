"""What customers come by and pay with, kept as keyed hashes: enough to tell that two are the same."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from config.lib.bulk import execute_rows
from config.lib.encryption import keyed_hash
from referrals.models.risk import TraceKind


class Trace(msgspec.Struct, frozen=True):
    """Something of a customer's by which they may be recognised; `value` itself is not kept."""

    customer_id: int
    kind: TraceKind
    value: str


class Presence(msgspec.Struct, frozen=True):
    """From where somebody registers, as far as is told: network address, the browser's name, an id of the device."""

    address: str = ""
    agent: str = ""
    device: str = ""

    def traces_of(self, customer_id: int) -> Iterator[Trace]:
        """What of it is kept: the address alone says little, and with the browser more."""
        if self.device:
            yield Trace(customer_id, TraceKind.DEVICE, self.device)
        if self.address:
            yield Trace(customer_id, TraceKind.ADDRESS, self.address)
        if self.address and self.agent:
            yield Trace(customer_id, TraceKind.BROWSER, f"{self.address}\n{self.agent}")


NOWHERE = Presence()


def record_traces(*, merchant_id: int, traces: Iterable[Trace], now: datetime) -> None:
    """Keep traces of customers; the same again changes nothing."""
    execute_rows(
        """
        INSERT INTO referrals_customertrace (merchant_id, customer_id, kind, trace_hash, first_seen_at)
        SELECT DISTINCT %s::bigint, customer_id, kind, decode(hash, 'hex'), %s::timestamptz
        FROM json_to_recordset(%s) AS trace (customer_id bigint, kind text, hash text)
        ORDER BY 2, 3, 4
        ON CONFLICT DO NOTHING
        """,
        [
            {
                "customer_id": trace.customer_id,
                "kind": trace.kind,
                "hash": keyed_hash(f"{trace.kind}:{trace.value}".encode()).hex(),
            }
            for trace in traces
        ],
        before=[merchant_id, now],
    )
