"""What a merchant owes in points: by age, in money, with what will probably lapse, and how it came to be.

A report is read in one snapshot, in a fixed number of statements over whole tables. It is a service, although it
writes nothing, because a snapshot is a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from config.lib.dates import add_months
from config.lib.proof import one_snapshot
from credits.models.entries import EntryKind
from credits.models.wallets import Wallet

AGES_IN_MONTHS = (0, 3, 6, 12, 24)
"""Where the bands of age begin; the last one has no end."""
_NUMBERS = range(len(AGES_IN_MONTHS))
HISTORY_MONTHS = 12
SECONDS_MAX = 60
"""How long one of the statements may take: somebody waits for the page."""

_OUTSTANDING = """
    SELECT width_bucket(lot.earned_at, %(ages)s::timestamptz[]) AS band,
        coalesce(sum(remaining - promised) FILTER (WHERE in_force AND active_at <= %(now)s), 0)::bigint,
        coalesce(sum(remaining - promised) FILTER (
            WHERE in_force AND (active_at IS NULL OR active_at > %(now)s)), 0)::bigint,
        sum(promised)::bigint,
        coalesce(sum(remaining) FILTER (WHERE expires_at IS NULL), 0)::bigint,
        coalesce(sum(remaining - promised) FILTER (WHERE NOT in_force), 0)::bigint
    FROM credits_lot AS lot
    JOIN credits_account AS account ON account.id = lot.account_id
    LEFT JOIN (
        SELECT held_lot.lot_id, sum(held_lot.points)::bigint AS points
        FROM credits_heldlot AS held_lot JOIN credits_hold AS hold ON hold.id = held_lot.hold_id
        WHERE hold.state = 'open' AND hold.expires_at > %(now)s
        GROUP BY held_lot.lot_id
    ) AS hold ON hold.lot_id = lot.entry_id
    CROSS JOIN LATERAL (
        SELECT coalesce(hold.points, 0) AS promised, expires_at IS NULL OR expires_at > %(now)s AS in_force
    ) AS standing
    WHERE account.wallet_id = %(wallet)s AND remaining > 0
    GROUP BY band
"""

_ENDED = """
    SELECT width_bucket(lot.earned_at, ARRAY[
            entry.occurred_at - interval '24 months', entry.occurred_at - interval '12 months',
            entry.occurred_at - interval '6 months', entry.occurred_at - interval '3 months']) AS band,
        coalesce(sum(use.points) FILTER (WHERE entry.kind = 'expired'), 0)::bigint,
        coalesce(sum(use.points) FILTER (WHERE entry.kind <> 'expired'), 0)::bigint
    FROM credits_lotuse AS use
    JOIN credits_entry AS entry ON entry.id = use.entry_id
    JOIN credits_lot AS lot ON lot.entry_id = use.lot_id
    JOIN credits_account AS account ON account.id = entry.account_id
    WHERE account.wallet_id = %(wallet)s AND entry.kind IN ('expired', 'redeemed', 'restored')
        AND entry.occurred_at >= %(since)s AND entry.occurred_at < %(now)s AND lot.expires_at IS NOT NULL
    GROUP BY band
"""

_MOVEMENT = """
    SELECT kind,
        coalesce(sum(points) FILTER (WHERE posted_at < %(start)s), 0)::bigint,
        coalesce(sum(points) FILTER (WHERE posted_at >= %(start)s AND posted_at < %(end)s AND points > 0), 0)::bigint,
        coalesce(-sum(points) FILTER (WHERE posted_at >= %(start)s AND posted_at < %(end)s AND points < 0), 0)::bigint,
        coalesce(sum(points) FILTER (WHERE posted_at < %(end)s), 0)::bigint,
        sum(points)::bigint
    FROM credits_entry AS entry
    JOIN credits_account AS account ON account.id = entry.account_id
    WHERE account.wallet_id = %(wallet)s
    GROUP BY kind
"""

_OWED = "SELECT coalesce(sum(owed), 0)::bigint FROM credits_account WHERE wallet_id = %(wallet)s"


@dataclass(frozen=True, slots=True)
class Band:
    """Points of an age, as they stand: spendable, pending and held.

    :param months: the age at which the band begins, and ends (None: it does not).
    :param earned_from: when the oldest of them can have been earned (None: any time); `earned_before`, the youngest.
    :param lasting: how many of them never expire.
    :param rate: the share of what can expire that is expected to; None if there is no history to tell by.
    """

    months: tuple[int, int | None]
    earned_from: datetime | None
    earned_before: datetime | None
    available: int
    pending: int
    held: int
    lasting: int
    rate: Fraction | None

    @property
    def points(self) -> int:
        """All of them."""
        return self.available + self.pending + self.held

    @property
    def breakage(self) -> int | None:
        """How many are expected to expire unused; None if nobody can tell."""
        expiring = self.points - self.lasting
        if not expiring:
            return 0
        return None if self.rate is None else _rounded(expiring * self.rate)


@dataclass(frozen=True, slots=True)
class Movement:
    """What one kind of entry did in a period: points that came and points that went, both not negative."""

    kind: EntryKind
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class Liability:
    """What a merchant owes in one wallet at `as_of`, and how it moved in `[start, end)`.

    :param lapsed: points whose time is over and that no entry has taken away yet: settled accounts have none.
    :param booked: the sum of all entries, which the rest must come to.
    :param opening: the sum of the entries that were posted before the period; `closing`, before its end.
    """

    wallet: Wallet
    as_of: datetime
    start: datetime
    end: datetime
    bands: tuple[Band, ...]
    owed: int
    lapsed: int
    booked: int
    opening: int
    closing: int
    movements: tuple[Movement, ...]

    @property
    def points(self) -> int:
        """All that customers hold."""
        return sum(band.points for band in self.bands)

    @property
    def breakage(self) -> int | None:
        """How many points are expected to expire unused; None if a part of them is unknown."""
        expected = [band.breakage for band in self.bands]
        return None if None in expected else sum(filter(None, expected))

    @property
    def difference(self) -> int:
        """What the entries and the lots disagree by: nothing, unless the books are broken."""
        return self.booked - (self.points + self.lapsed - self.owed)

    def value_of(self, points: int) -> int:
        """What points are worth, in minor units, rounded to the nearest."""
        return _rounded(points * Fraction(self.wallet.point_value))


def read_liability(*, wallet: Wallet, start: datetime, end: datetime, now: datetime) -> Liability:
    """What a merchant owes its customers in points now, and what moved in `[start, end)`, by the day of posting.

    Expected breakage: of the points that could expire and that left a lot of a given age or older in the last twelve
    months, by being spent or by expiring, the share that expired. Points that were given back count as not spent.
    """
    zone = ZoneInfo(wallet.merchant.time_zone)
    ages = [_months_before(now, months, zone) for months in reversed(AGES_IN_MONTHS[1:])]
    since = _months_before(now, HISTORY_MONTHS, zone)
    asked = {"wallet": wallet.pk, "now": now, "ages": ages, "since": since, "start": start, "end": end}
    with one_snapshot(seconds_max=SECONDS_MAX):
        standing, ended, moved, ((owed,),) = (_rows(it, asked) for it in (_OUTSTANDING, _ENDED, _MOVEMENT, _OWED))
    by_kind = {kind: figures for kind, *figures in moved}
    opening, _, _, closing, booked = (sum(column) for column in zip(*by_kind.values(), [0] * 5, strict=True))
    return Liability(
        wallet=wallet,
        as_of=now,
        start=start,
        end=end,
        bands=_bands(ages, standing, ended),
        owed=owed,
        lapsed=sum(row[-1] for row in standing),
        booked=booked,
        opening=opening,
        closing=closing,
        movements=tuple(Movement(kind, *by_kind.get(kind, [0] * 5)[1:3]) for kind in EntryKind),
    )


def _bands(ages: Sequence[datetime], standing: Sequence[Any], ended: Sequence[Any]) -> tuple[Band, ...]:
    """The bands of age, the youngest first; the database numbers them from the oldest."""
    figures = {number: row for number, *row in standing}
    left = {number: (expired, max(0, spent)) for number, expired, spent in ended}
    lapsed = list(accumulate(left.get(number, (0, 0))[0] for number in _NUMBERS))
    gone = list(accumulate(sum(left.get(number, (0, 0))) for number in _NUMBERS))
    begins = tuple(reversed(AGES_IN_MONTHS))
    moments = (None, *ages, None)
    bands = []
    for number in reversed(_NUMBERS):
        available, pending, held, lasting, _ = figures.get(number, [0] * 5)
        bands.append(
            Band(
                months=(begins[number], begins[number - 1] if number else None),
                earned_from=moments[number],
                earned_before=moments[number + 1],
                available=available,
                pending=pending,
                held=held,
                lasting=lasting,
                rate=Fraction(lapsed[number], gone[number]) if gone[number] else None,
            )
        )
    return tuple(bands)


def _rounded(exact: Fraction) -> int:
    return int((Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1), ROUND_HALF_UP))


def _months_before(now: datetime, months: int, zone: ZoneInfo) -> datetime:
    day = add_months(now.astimezone(zone).date(), -months)
    return datetime.combine(day, time.min, tzinfo=zone)


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
