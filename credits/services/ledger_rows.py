"""What passes between the book of a batch and the statements that write it.

Structs, because thousands are made a second: a frozen dataclass takes ten times as long to make.
"""

from datetime import datetime
from typing import Any

import msgspec

from credits.selectors.terms import TierTerms


class OpenAccount(msgspec.Struct, omit_defaults=True):
    """An account under lock, with the sums as they will be written.

    `is_new` says that this batch made it: nothing has ever been evaluated for its customer.
    """

    id: int
    customer_id: int
    available: int
    pending: int
    held: int
    owed: int
    lifetime_points: int
    qualifying_spend: int
    qualifying_orders: int
    qualifying_points: int
    tier_id: int | None
    tier_since: datetime | None
    next_change_at: datetime | None
    event_sequence: int
    tier_review_at: datetime | None = None
    tier_warned_at: datetime | None = None
    tier_locked_until: datetime | None = None
    is_new: bool = False
    touched: bool = False


class Cause(msgspec.Struct, frozen=True):
    """Why points move, in ids and codes: what an entry keeps of it.

    :param key: names the cause; the same key never has a second effect.
    """

    key: str
    source_type: str
    source_id: int
    evaluation_id: int | None
    policy_version_id: int | None
    reason: str
    reason_args: dict[str, Any]
    occurred_at: datetime


class Move(msgspec.Struct, frozen=True):
    """A change of tier, returned to whoever caused it; upper floors decide what follows."""

    account_id: int
    from_tier_id: int | None
    to_tier: TierTerms
    reason: str
    evaluation_id: int | None
    effective_at: datetime


class NewLot(msgspec.Struct):
    """A lot that an entry brings."""

    granted: int
    remaining: int
    active_at: datetime | None
    waiting_for: str
    expires_at: datetime | None


class NewEntry(msgspec.Struct):
    """An entry that is about to be written; its id is known once it is."""

    account_id: int
    points: int
    kind: str
    cause: Cause
    actor: str
    lot: NewLot | None = None
    id: int = 0


class NewLotUse(msgspec.Struct):
    """A lot pays for an entry; each is of this batch, or already in the database (its id)."""

    lot: NewEntry | int
    entry: NewEntry | int
    points: int


class LotChange(msgspec.Struct):
    """What becomes of a lot that was there before: how much less remains, and how much more is held."""

    id: int
    drawn: int = 0
    held: int = 0
