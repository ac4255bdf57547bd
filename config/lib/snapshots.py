"""The snapshots of customers' credits in Redis: answers kept ready, also for the time when PostgreSQL is away.

A snapshot is used as the truth only if it is certain to be the truth, and as a stale answer otherwise. The protocol:

- **Mark.** A writer, holding the lock on a customer's account, marks the customer with the id of its transaction
  before it commits: one call for a batch. Marks lie in a hash for each merchant, customer → transaction. If Redis
  is away the writer goes on without.
- **Look.** A reader takes the snapshot, the customer's mark and the time, all at one instant of Redis. Without a mark
  it uses the snapshot; with one, or without a snapshot, it reads PostgreSQL. In the same statement PostgreSQL tells
  whether the transaction of the mark had ended when the statement began (`pg_visible_in_snapshot`), whichever way.
- **Fill.** What was read replaces the snapshot, and clears the mark, only if that transaction had ended, the mark is
  still the one that was looked at, and no snapshot is there whose reader looked later. So a reader that was stopped
  between reading and filling puts nothing old over anything newer.
- **Refill.** Beat sends somebody every two seconds to fill for the customers who are marked. So everybody has a
  snapshot soon after a write, also those whom nobody reads.

Why a read that begins after a commit sees it: the mark was there before the commit, and goes only with a fill whose
statement began after the transaction had ended. A writer that dies leaves a mark, and the snapshot stays unused until
a reader finds that its transaction has ended. A mark has no time limit and needs none.

What that leaves is a Redis that was away when a writer wanted to mark, or that forgot marks (a restart, a failover).
Therefore a snapshot is the truth for at most `TRUSTED_SECONDS` after its reader looked, and for
`EPOCH_TRUSTED_SECONDS` only within one epoch (`credits.selectors.epochs`). An epoch ends when Redis is another one than
before, and with each write that could not mark, or that changed what all of a merchant's are shown (tiers and their
benefits): the writer leaves a row in its own transaction. A process learns of the end within `TRUSTED_SECONDS`, and
trusts what others make meanwhile for as long. That is the bound: after a fault of Redis an answer may be five seconds
old; with a Redis that works no balance is old at all. One case takes a minute: Redis restarts, from what it had kept on
disk, in the milliseconds between a writer's mark and its commit, and somebody reads in just these.

A snapshot knows until when it is exact (points expire, and become spendable), and is not used after that moment. Its
seal binds it to the merchant, the customer and the version of its form: anything else under its key is no snapshot.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache as once
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from config.lib.redis import ask_redis, run_script

TRUSTED_SECONDS = 5
EPOCH_TRUSTED_SECONDS = 60
KEPT_SECONDS = 24 * 3600
FORM = b"2"
"""The version of what is kept; a snapshot of another version is none."""
NEVER, FOR_EVER = 0, 2**62

_SEAL_BYTES = 16
_HEAD = re.compile(rb"(\d{1,19}) (\d{1,19}) (\d{1,19}) (\d{1,19}) ([0-9a-f.]{0,100})\n")
_MARK = re.compile(rb"\d{1,19}")

_TIME = "local t = redis.call('TIME') local now = t[1] * 1000000 + t[2] "
_SET_MARKS = (
    "for customer in string.gmatch(ARGV[1], '%d+') do redis.call('HSET', KEYS[1], customer, ARGV[2]) end return 1"
)
_LOOK = f"""{_TIME}
    local kept = redis.pcall('GET', KEYS[1])
    local customer = type(kept) == 'string' and string.match(kept, '^%d+', {_SEAL_BYTES + 1})
    local mark = customer and redis.pcall('HGET', KEYS[2], customer)
    return {{now, customer and kept or false, type(mark) == 'string' and mark}}
    """
_MARKED = f"""{_TIME}
    local marks = redis.pcall('HRANDFIELD', KEYS[1], ARGV[1], 'WITHVALUES')
    return {{now, marks.err and {{}} or marks}}
    """
_FILL = f"""
    if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
    local done = {{}}
    for i = 2, #KEYS do
        local customer, looked_at, mark, snapshot = unpack(ARGV, i * 4 - 6, i * 4 - 3)
        local marked = string.match(redis.call('HGET', KEYS[1], customer) or '', '^%d+$') or ''
        local head = redis.pcall('GETRANGE', KEYS[i], {_SEAL_BYTES}, {_SEAL_BYTES + 44})
        local other = type(head) == 'string' and string.match(head, '^%d+ (%d+) ') or 0
        if marked == mark and tonumber(other) <= tonumber(looked_at) then
            redis.call('SET', KEYS[i], snapshot, 'EX', ARGV[1])
            done[#done + 1] = customer
        end
    end
    for _, customer in ipairs(done) do redis.call('HDEL', KEYS[1], customer) end
    return #done
    """


class Snapshot(NamedTuple):
    """Credits as they were: a JSON object, and what is known of it. Moments are microseconds since 1970.

    `looked_at` is Redis's time before they were read, `as_of` ours; they were exact from then until `exact_until`.
    `epoch` is the one that its reader knew, or empty.
    """

    customer_id: int
    looked_at: int
    as_of: int
    exact_until: int
    epoch: str
    body: bytes


class Look(NamedTuple):
    """What Redis had for a customer, at one instant of its own."""

    at: int
    snapshot: Snapshot | None
    mark: str | None

    def is_the_truth(self, now: int, epoch: str) -> bool:
        """Whether the snapshot may be used while PostgreSQL is there.

        :param now: our time, in microseconds.
        :param epoch: the present one, as far as this process knows; empty if it is not known.
        """
        kept = self.snapshot
        if kept is None or self.mark is not None:
            return False
        lasts = EPOCH_TRUSTED_SECONDS if epoch and epoch == kept.epoch else TRUSTED_SECONDS
        return 0 <= self.at - kept.looked_at < lasts * 1_000_000 and now < kept.exact_until


def mark(*, merchant_id: int, customer_ids: Sequence[int], transaction_id: str) -> bool:
    """Say that a transaction is about to change these customers' credits.

    :returns: whether it was heard; False if Redis is away.
    """
    # As one word: for the client it would cost more to send some hundred words than for Redis to part one.
    args = [" ".join(map(str, customer_ids)), transaction_id]
    return ask_redis(lambda redis: run_script(redis, _SET_MARKS, [_marks_key(merchant_id)], args)) is not None


def look(*, merchant_id: int, reference: str) -> Look | None:
    """What there is for a customer; None if Redis is away.

    :param reference: the customer's public id.
    """
    key, marks_key = _snapshot_key(merchant_id, reference), _marks_key(merchant_id)
    found = ask_redis(lambda redis: run_script(redis, _LOOK, [key, marks_key], []))
    if found is None:
        return None
    at, kept, seen = found
    snapshot = _unsealed(key, kept)
    return Look(at, snapshot, _legible_mark(seen) if snapshot is not None else None)


def marked(*, merchant_id: int, limit: int) -> tuple[int, dict[int, str | None]]:
    """Redis's time, and some of the customers who are marked, each with the mark."""
    found = ask_redis(lambda redis: run_script(redis, _MARKED, [_marks_key(merchant_id)], [limit]))
    at, pairs = found or (0, [])
    return at, {
        int(customer): _legible_mark(seen)
        for customer, seen in zip(pairs[::2], pairs[1::2], strict=True)
        if _MARK.fullmatch(customer)
    }


def fill(*, merchant_id: int, filling: Mapping[str, tuple[Snapshot, str | None]]) -> None:
    """Replace snapshots, each unless it is known better by now; without Redis, do nothing.

    :param filling: by reference, a snapshot, and the mark that was seen, whose transaction had ended before the
        snapshot was read; None: there was no mark.
    """
    keys: list[str] = [_marks_key(merchant_id)]
    args: list[Any] = [KEPT_SECONDS]
    for reference, (snapshot, seen) in filling.items():
        key = _snapshot_key(merchant_id, reference)
        keys.append(key)
        args += [snapshot.customer_id, snapshot.looked_at, seen or "", _sealed(key, snapshot)]
    ask_redis(lambda redis: run_script(redis, _FILL, keys, args))


def forget(*, merchant_id: int, references: Sequence[str]) -> bool:
    """Delete the snapshots under these references; False if Redis is away.

    A reader who had looked before a mark was made, and was stopped until it was gone again, may put back one that
    nobody uses; it is kept for a day like any other.
    """
    keys = [_snapshot_key(merchant_id, reference) for reference in references]
    return ask_redis(lambda redis: redis.delete(*keys)) is not None


def microseconds(moment: datetime) -> int:
    """A moment in microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)


def moment_of(micros: int) -> datetime:
    """The moment so many microseconds after 1970."""
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


@once
def _sealing_key() -> bytes:
    return hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"snapshots").digest()


def _marks_key(merchant_id: int) -> str:
    return cache.make_key(f"credits:{{{merchant_id}}}")


def _snapshot_key(merchant_id: int, reference: str) -> str:
    return cache.make_key(f"credits:{{{merchant_id}}}:{reference}")


def _sealed(key: str, snapshot: Snapshot) -> bytes:
    numbers = f"{snapshot.customer_id} {snapshot.looked_at} {snapshot.as_of} {snapshot.exact_until}"
    head = f"{numbers} {snapshot.epoch}\n".encode()
    return _seal(key, head + snapshot.body) + head + snapshot.body


def _unsealed(key: str, kept: bytes | None) -> Snapshot | None:
    """What is kept under a key; None if it is anything but a snapshot that was sealed for this very key."""
    if kept is None or _seal(key, kept[_SEAL_BYTES:]) != kept[:_SEAL_BYTES]:
        return None
    if (head := _HEAD.match(kept, _SEAL_BYTES)) is None:
        return None
    *numbers, epoch = head.groups()
    customer_id, looked_at, as_of, exact_until = map(int, numbers)
    return Snapshot(customer_id, looked_at, as_of, exact_until, epoch.decode(), kept[head.end() :])


def _seal(key: str, content: bytes) -> bytes:
    return hashlib.blake2b(FORM + key.encode() + b"\n" + content, key=_sealing_key(), digest_size=_SEAL_BYTES).digest()


def _legible_mark(seen: bytes | None) -> str | None:
    return seen.decode() if seen is not None and _MARK.fullmatch(seen) else None
