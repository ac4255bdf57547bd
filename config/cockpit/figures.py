"""The figures of the dashboard: worked out in a fixed number of statements, and kept for a while.

They go through whole tables of a merchant. A web process tries for as long as a page may take; where that is not enough
a worker is asked, which may take longer, and keeps what it found for longer.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from celery import current_app
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from config.lib.redis import ask_redis
from credits.selectors.movement import MonthOfPoints, Outstanding, last_months, outstanding_points, points_by_month
from referrals.models.merchants import Merchant
from referrals.selectors.funnel import FunnelStep, read_funnel
from referrals.selectors.growth import (
    STAYS_AFTER_DAYS,
    Cohort,
    TopReferrer,
    customers_before,
    retention,
    top_referrers,
)

TASK = "config.tasks.work_out"
MONTHS = 12
FUNNEL_DAYS = 30
COHORTS = 6
TOP = 10
PAGE_MS = 2_000
"""How long all that a web process tries may take; it must stay below DATABASE_DEADLINE_SECONDS."""
WORKER_MS = 60_000
KEPT_SECONDS, KEPT_LONG_SECONDS = 60, 3_600


class Figures(msgspec.Struct, frozen=True):
    """What a merchant's dashboard shows, as of a moment; the funnel begins at `since`."""

    as_of: datetime
    since: datetime
    months: list[MonthOfPoints]
    outstanding: list[Outstanding]
    funnel: list[FunnelStep]
    customers: int
    cohorts: list[Cohort]
    top: list[TopReferrer]

    @property
    def visitors(self) -> int:
        """How many people friends sent, in the days of the funnel."""
        return sum(step.visitors for step in self.funnel)

    @property
    def joined(self) -> int:
        """How many friends joined in these days."""
        return sum(step.joined for step in self.funnel)

    @property
    def k_factor(self) -> float | None:
        """New customers whom a customer brings in these days: visitors a customer × friends a visitor."""
        return self.joined / self.customers if self.customers else None


def figures_for_page(*, merchant: Merchant, now: datetime) -> Figures | None:
    """A merchant's figures, at most a minute old, or an hour where they take long.

    :returns: None if a page cannot wait for them: then a worker has to be asked.
    """
    kept = ask_redis(lambda redis: redis.get(_key(merchant)) or b"")
    if kept:
        return msgspec.json.decode(kept, type=Figures)
    try:
        return _worked_out(merchant, now, milliseconds=PAGE_MS, kept_seconds=KEPT_SECONDS)
    except OperationalError:
        return None


def work_out_figures(*, merchant: Merchant, now: datetime) -> None:
    """Work out a merchant's figures for whoever looks next, however long it takes.

    :raises OperationalError: if it takes longer than a minute.
    """
    _worked_out(merchant, now, milliseconds=WORKER_MS, kept_seconds=KEPT_LONG_SECONDS)


def ask_for_figures(*, merchant: Merchant) -> None:
    """Ask a worker for a merchant's figures; never fails, for whoever looks again asks again."""
    try:
        current_app.send_task(TASK, (merchant.pk,), expires=KEPT_SECONDS)
    except (RedisError, OSError, BrokerAway):
        return


def _worked_out(merchant: Merchant, now: datetime, *, milliseconds: int, kept_seconds: int) -> Figures:
    with transaction.atomic():
        found = _read(merchant, now, _Patience(milliseconds))
    ask_redis(lambda redis: redis.set(_key(merchant), msgspec.json.encode(found), ex=kept_seconds) or False)
    return found


class _Patience:
    """Gives each statement what is left of the time for all."""

    def __init__(self, milliseconds: int) -> None:
        self.ends_at = datetime.now(UTC) + timedelta(milliseconds=milliseconds)

    def go_on(self) -> None:
        left = round((self.ends_at - datetime.now(UTC)).total_seconds() * 1000)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(max(1, left))])


def _read(merchant: Merchant, now: datetime, patience: _Patience) -> Figures:
    months = last_months(merchant=merchant, months=MONTHS, now=now)
    # Of younger customers nobody can tell yet whether they stay.
    old_enough = [month for month in months if month.end + timedelta(days=STAYS_AFTER_DAYS) <= now][-COHORTS:]
    today = now.astimezone(ZoneInfo(merchant.time_zone)).date()
    first = today - timedelta(days=FUNNEL_DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), tzinfo=ZoneInfo(merchant.time_zone))
    patience.go_on()
    by_month = points_by_month(merchant=merchant, spans=months)
    patience.go_on()
    outstanding = outstanding_points(merchant=merchant)
    patience.go_on()
    funnel = read_funnel(merchant=merchant, by="channel", first=first, last=today)
    patience.go_on()
    customers = customers_before(merchant=merchant, moment=since)
    patience.go_on()
    cohorts = retention(merchant=merchant, spans=[(month.start, month.end) for month in old_enough])
    patience.go_on()
    top = top_referrers(merchant=merchant, limit=TOP)
    return Figures(now, since, by_month, outstanding, funnel, customers, cohorts, top)


def _key(merchant: Merchant) -> str:
    return str(cache.make_key(f"figures:{merchant.pk}"))
