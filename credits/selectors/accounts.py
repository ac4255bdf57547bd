"""Reading one customer's account: its balance at this instant, its entries, and what of it lapses when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from config.lib.dates import end_of_day
from config.lib.rows import only_row
from credits.models.accounts import Account
from credits.models.entries import Entry, EntryKind
from credits.selectors.terms import WalletTerms

INSTANT = timedelta(microseconds=1)


class Balance(NamedTuple):
    """What a customer has at a moment."""

    available: int
    pending: int
    held: int
    owed: int


_PROMISED = """
    CASE WHEN held = 0 THEN 0 ELSE (
        SELECT coalesce(sum(held_lot.points), 0)::bigint FROM credits_heldlot AS held_lot
        JOIN credits_hold AS hold ON hold.id = held_lot.hold_id
        WHERE held_lot.lot_id = lot.entry_id AND hold.state = 'open' AND hold.expires_at > %(now)s) END
"""
"""What of a lot is promised at a moment: a hold whose time has passed holds nothing, settled or not."""

_BALANCE = f"""
    SELECT coalesce(sum(remaining - promised) FILTER (WHERE in_force AND active_at <= %(now)s), 0)::bigint,
        coalesce(sum(remaining) FILTER (WHERE in_force AND (active_at IS NULL OR active_at > %(now)s)), 0)::bigint,
        coalesce(sum(promised), 0)::bigint
    FROM credits_lot AS lot
    CROSS JOIN LATERAL (
        SELECT expires_at IS NULL OR expires_at > %(now)s AS in_force, {_PROMISED} AS promised
    ) AS at_that_time
    WHERE account_id = %(account)s AND remaining > 0
"""  # noqa: S608 (its parts are ours)


def balance_now(*, account_id: int, owed: int, now: datetime) -> Balance:
    """A balance computed from the lots, for the time after `next_change_at` and before the sums are settled.

    What becomes spendable repays a debt first; a hold whose time has passed holds nothing any more.

    :param owed: the debt that the account says.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, {"account": account_id, "now": now})
        available, pending, held = cursor.fetchone()
    return Balance(max(0, available - owed), pending, held, max(0, owed - available))


def find_account(*, wallet_id: int, customer_id: int) -> Account | None:
    """A customer's account in a wallet, or None if they have none yet."""
    return only_row(Account.objects.filter(wallet=wallet_id, customer=customer_id))


def balance_of(account: Account | None, *, now: datetime) -> Balance:
    """What a customer has at `now`: the sums while they are exact, afterwards what the lots say."""
    if account is None:
        return Balance(0, 0, 0, 0)
    if account.next_change_at is not None and account.next_change_at <= now:
        return balance_now(account_id=account.pk, owed=account.owed, now=now)
    return Balance(account.available, account.pending, account.held, account.owed)


def entries_before(*, account_id: int, before: int | None, limit: int) -> list[Entry]:
    """The newest entries of an account with their lots and remarks, the last one first.

    Numbers are handed out under the lock on the account, so their order is the order of posting.

    :param before: only entries before the one with this number.
    """
    entries = Entry.objects.filter(account=account_id).select_related("lot", "remark").order_by("-pk")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return list(entries[:limit])


def last_at(*, account_id: int, kind: EntryKind) -> datetime | None:
    """When the last entry of a kind happened."""
    return (
        Entry.objects.filter(account=account_id, kind=kind)
        .order_by("-pk")
        .values_list("occurred_at", flat=True)
        .first()
    )


@dataclass(frozen=True, slots=True)
class ExpiringDay:
    """Points that lapse together: `day` is the last day, in the merchant's calendar, on which they can be spent."""

    day: date
    expires_at: datetime
    points: int


class Outlook(NamedTuple):
    """What will become of points by itself: when the first of what is pending can be spent, and what lapses when.

    `next_active_at` is None if nothing is pending, or if all of it waits for something to happen.
    """

    next_active_at: datetime | None
    expiring: list[ExpiringDay]


_CHANGING = f"""
    SELECT active_at, expires_at, remaining - {_PROMISED}
    FROM credits_lot AS lot
    WHERE account_id = %(account)s AND remaining > 0
        AND (active_at > %(now)s OR (expires_at > %(now)s AND expires_at <= %(until)s))
    ORDER BY expires_at, earned_at, entry_id
"""  # noqa: S608 (its parts are ours)


def expiring_days(*, terms: WalletTerms, account: Account, days: int, now: datetime) -> list[ExpiringDay]:
    """What lapses within the next days if nothing is spent, day by day; held points do not lapse while they are held.

    Points that have become spendable since the account was settled repay its debt first, the soonest-expiring ones.

    :param days: how many, beside today.
    """
    return outlook_of(terms=terms, account=account, days=days, now=now).expiring


def outlook_of(*, terms: WalletTerms, account: Account, days: int, now: datetime) -> Outlook:
    """The same, and when the next points can be spent, in one statement."""
    until = end_of_day(now.astimezone(terms.zone).date() + timedelta(days=days), terms.zone)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGING, {"account": account.pk, "now": now, "until": until})
        lots = cursor.fetchall()
    lapsing = [
        (expires_at, active_at is not None and active_at <= now, points)
        for active_at, expires_at, points in lots
        if expires_at is not None and now < expires_at <= until
    ]
    next_active_at = min((active_at for active_at, *_ in lots if active_at and active_at > now), default=None)
    return Outlook(next_active_at, _by_day(_after_debt(lapsing, account.owed), terms))


def _after_debt(lots: Iterable[tuple[datetime, bool, int]], owed: int) -> Iterable[tuple[datetime, int]]:
    for expires_at, is_active, points in lots:
        repaid = min(owed, points) if is_active else 0
        owed -= repaid
        if points > repaid:
            yield expires_at, points - repaid


def _by_day(lots: Iterable[tuple[datetime, int]], terms: WalletTerms) -> list[ExpiringDay]:
    days: dict[date, ExpiringDay] = {}
    for expires_at, points in lots:
        day = (expires_at - INSTANT).astimezone(terms.zone).date()
        known = days.get(day)
        days[day] = ExpiringDay(day, expires_at, points + (known.points if known else 0))
    return list(days.values())
