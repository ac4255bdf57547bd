"""Writing the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from config.lib.bulk import copy_rows
from config.lib.ids import uuid7_texts
from referrals.models.events import Event

COLUMNS = (
    "uuid",
    "merchant_id",
    "type",
    "subject_type",
    "subject_id",
    "sequence",
    "payload",
    "occurred_at",
)


class NewEvent(msgspec.Struct, frozen=True):
    """An event that is about to be written.

    `sequence` is the next number of the subject, taken under the lock on the subject's row.
    """

    type: str
    subject_type: str
    subject_id: int
    sequence: int
    payload: dict[str, Any]


def record_events(*, merchant_id: int, events: Sequence[NewEvent], now: datetime) -> None:
    """Write events into the outbox, in the transaction of what they tell."""
    at = now.isoformat()  # Once, not for each row: dates are the dearest part of a row.
    copy_rows(
        Event,
        COLUMNS,
        (
            (
                uuid,
                merchant_id,
                event.type,
                event.subject_type,
                event.subject_id,
                event.sequence,
                msgspec.json.encode(event.payload).decode(),
                at,
            )
            for event, uuid in zip(events, uuid7_texts(len(events)), strict=True)
        ),
    )
