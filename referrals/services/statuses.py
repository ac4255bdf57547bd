"""How far referrals have come, kept ready in Redis at `referral:{merchant_id}:{id}`; PostgreSQL is the truth.

What is kept is the number of the referral's last event and its status, as in `2 qualified`. The number rises with every
move, under the lock on the referral, so a status that is older than another can be told:

- **Mark.** Whoever moves a referral puts the new number there without a status, before the commit.
- **Look.** A reader takes what is there, and Redis's time. If it has no status, PostgreSQL is asked.
- **Fill.** What PostgreSQL said goes there unless a higher number is there, or the look is too long ago for Redis to
  remember each mark since.

So a status never goes back, and while Redis works none is old: a mark was there before the commit, and only the status
that was committed with it (or a later one) takes its place. If the move was rolled back, the mark lapses. If Redis was
away at the mark, or has forgotten it, a status may be old for `TRUSTED_SECONDS`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from config.lib.errors import NotFound
from config.lib.redis import ask_redis, run_script
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral, ReferralStatus

TRUSTED_SECONDS = 30
MARKED_SECONDS = 900
"""Longer than any transaction lasts, and a reader's `TRUSTED_SECONDS` more."""

_KEPT = re.compile(rb"\d{1,19} (\w+)")

_NUMBER = "local function number(kept) return type(kept) == 'string' and tonumber(string.match(kept, '^%d+')) or 0 end "
_TIME = "local t = redis.call('TIME') local now = t[1] * 1000000 + t[2] "
_MARK = f"""{_NUMBER}
    for i, key in ipairs(KEYS) do
        if number(redis.pcall('GET', key)) <= tonumber(ARGV[i + 1]) then
            redis.call('SET', key, ARGV[i + 1] .. ' ', 'EX', ARGV[1])
        end
    end
    return 1
    """
_LOOK = f"{_TIME} local kept = redis.pcall('GET', KEYS[1]) return {{now, type(kept) == 'string' and kept or ''}}"
_FILL = f"""{_NUMBER} {_TIME}
    local late = now - ARGV[3] >= ARGV[4] * 1000000
    if late or number(redis.pcall('GET', KEYS[1])) > tonumber(ARGV[1]) then return 0 end
    redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'EX', ARGV[4])
    return 1
    """


class NoReferral(NotFound):
    """There is no such referral."""


class Move(NamedTuple):
    """A referral, and the number of its last event."""

    uuid: UUID
    sequence: int


def mark_moves(*, merchant_id: int, moves: Sequence[Move]) -> None:
    """Say that this transaction, which holds the locks on these referrals, is about to move them."""
    if moves:
        keys = [_key(merchant_id, move.uuid) for move in moves]
        args = [MARKED_SECONDS, *(move.sequence for move in moves)]
        ask_redis(lambda redis: run_script(redis, _MARK, keys, args))


def read_status(*, merchant: Merchant, uuid: UUID) -> str:
    """How far a referral has come: the value of a `ReferralStatus`.

    :raises NoReferral: if the merchant has no such referral.
    """
    key = _key(merchant.pk, uuid)
    looked_at, kept = _look(key)
    if kept:
        return kept
    known = Referral.objects.filter(merchant=merchant, uuid=uuid).values_list("event_sequence", "status").first()
    if known is None:
        raise NoReferral
    if looked_at is not None:
        _fill(key, *known, looked_at)
    return known[1]


def _key(merchant_id: int, uuid: UUID) -> str:
    return f"referral:{merchant_id}:{uuid}"


def _look(key: str) -> tuple[int | None, str]:
    """Redis's time, and the status that is kept: empty for a mark, and for whatever else may be there."""
    looked = ask_redis(lambda redis: run_script(redis, _LOOK, [key], []))
    if looked is None:
        return None, ""
    looked_at, kept = looked
    found = _KEPT.fullmatch(kept)
    status = found[1].decode() if found else ""
    return looked_at, status if status in ReferralStatus else ""


def _fill(key: str, sequence: int, status: str, looked_at: int) -> None:
    ask_redis(lambda redis: run_script(redis, _FILL, [key], [sequence, status, looked_at, TRUSTED_SECONDS]))
