"""Purchases that come as messages: nobody waits for an answer, so what is refused is written down for staff.

A message is JSON, `{"merchant": …, "purchase": …}`: the merchant's slug or our id, and a purchase in the words of the
API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from config.lib import strict_json
from config.lib.bodies import Identifier, read_struct
from config.lib.errors import DomainError, Invalid
from referrals.models.merchants import Merchant
from referrals.selectors import find_merchant
from referrals.services.refused import record_refusal
from rewards.services.conflicts import CONFLICTS
from rewards.services.intake import accept_purchases
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event

BYTES_MAX = 256 * 1024


class Envelope(msgspec.Struct, frozen=True):
    """A message: whose purchase it is, and the purchase, not yet checked."""

    merchant: Identifier
    purchase: Any


class UnknownMerchant(DomainError):
    """There is no such merchant."""

    code = "unknown_merchant"


class CannotBeStored(DomainError):
    """The database refuses what this message says."""

    code = "cannot_be_stored"


@dataclass(slots=True)
class _Message:
    """A message, and what is known of it so far."""

    content: bytes
    merchant: Merchant | None = None
    event: PurchaseEvent | None = None
    refusal: DomainError | None = None


def accept_messages(*, messages: Sequence[bytes], source: str, now: datetime) -> list[DomainError | None]:
    """Record the purchases of messages, those of each merchant in one transaction; the same again changes nothing.

    When this returns, each is on record, or written down as refused.

    :param source: the door that they came through.
    :returns: for each, why it was refused, or None.
    """
    told = [_Message(content) for content in messages]
    merchants: dict[str, Merchant | None] = {}
    for message in told:
        try:
            _read(message, merchants)
        except DomainError as error:
            message.refusal = error
    for merchant in filter(None, merchants.values()):
        _accept(merchant, [it for it in told if it.merchant is merchant and it.refusal is None], source, now)
    for message in told:
        if message.refusal is not None:
            _write_down(message, message.refusal, source, now)
    return [message.refusal for message in told]


def refuse_message(*, message: bytes, error: DomainError, source: str, now: datetime) -> None:
    """Write down that a message cannot be taken in, for a reason that showed only when it was tried."""
    _write_down(_Message(message), error, source, now)


def _read(message: _Message, merchants: dict[str, Merchant | None]) -> None:
    """Find out whose purchase a message tells, and which; `merchants` remembers who was looked for."""
    envelope = _open(message.content)
    if envelope.merchant not in merchants:
        merchants[envelope.merchant] = find_merchant(envelope.merchant)
    message.merchant = merchants[envelope.merchant]
    if message.merchant is None:
        raise UnknownMerchant
    message.event = read_purchase_event(envelope.purchase, currency=message.merchant.currency)


def _open(content: bytes) -> Envelope:
    if len(content) > BYTES_MAX:
        raise Invalid(f"The message has more than {BYTES_MAX} bytes.")
    try:
        return read_struct(strict_json.loads(content), Envelope)
    except ValueError as error:
        raise Invalid(f"The message is not JSON that can be read: {error}") from None


def _accept(merchant: Merchant, messages: Sequence[_Message], source: str, now: datetime) -> None:
    events = [message.event for message in messages if message.event]
    outcomes = accept_purchases(merchant=merchant, source=source, events=events, now=now) if events else []
    for message, outcome in zip(messages, outcomes, strict=True):
        if outcome.kind == "conflict":
            message.refusal = CONFLICTS[outcome.code]()


def _write_down(message: _Message, refusal: DomainError, source: str, now: datetime) -> None:
    about = f"purchase {message.event.event_id}" if message.event else "message"
    record_refusal(
        merchant=message.merchant, source=source, content=message.content, about=about, error=refusal, now=now
    )
