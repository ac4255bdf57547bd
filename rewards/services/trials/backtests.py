"""Backtests: started by somebody, run by whoever takes one up, and told of while they run."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.lib.bulk import copy_rows
from config.lib.errors import DomainError
from credits.selectors.terms import default_wallet_terms
from referrals.models.merchants import Merchant
from rewards.engine.decision import Award
from rewards.models.backtests import Backtest, BacktestOutcome, BacktestState
from rewards.services.evaluation.policies import policies_in_force
from rewards.services.trials.candidates import candidate_of, policies_tried
from rewards.services.trials.history import count_history, read_history, read_known
from rewards.services.trials.rehearsal import Rehearsal

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
ATTEMPTS_MAX = 3
TELL_EVERY = 2000
WAITING_MAX = 10


class TooManyWaiting(DomainError):
    """A merchant has so many backtests waiting that another one has to wait outside."""

    code = "too_many_backtests"
    status = 429
    retry_after_seconds = 60


class NothingToTry(DomainError):
    """A backtest needs something to try: a draft, a definition, or a policy away."""

    code = "nothing_to_try"


class TakenOver(Exception):
    """Somebody else runs this backtest now: it was silent for too long."""


def start_backtest(
    *,
    merchant: Merchant,
    actor: str,
    now: datetime,
    drafts: Iterable[str] = (),
    definitions: Mapping[str, Any] | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Backtest:
    """Ask for a backtest of drafts or definitions over what happened in a period.

    :param drafts: codes of policies whose drafts are tried, as they stand now.
    :param definitions: by the code of the policy; None takes it away.
    :raises PolicyInvalid: if a definition cannot be used.
    :raises NoDraft: if a policy has no draft.
    :raises NothingToTry: if nothing is tried.
    :raises TooManyWaiting: if ten wait already.
    """
    candidate = candidate_of(merchant, drafts=drafts, definitions=definitions)
    if not candidate:
        raise NothingToTry
    open_ones = Backtest.objects.filter(merchant=merchant, state__in=[BacktestState.PENDING, BacktestState.RUNNING])
    if open_ones.count() >= WAITING_MAX:
        raise TooManyWaiting
    return Backtest.objects.create(
        merchant=merchant, candidate=candidate, starts_at=starts_at, ends_at=ends_at, actor=actor, created_at=now
    )


def run_next_backtest(*, clock: Callable[[], datetime]) -> bool:
    """Take up a backtest that waits, or that whoever ran it left behind, and run it.

    :param clock: tells the time while it runs, which may be long.
    :returns: whether there was one.
    """
    backtest = _claim(clock())
    if backtest is None:
        return False
    try:
        before, after = _run(backtest, clock)
        _finish(backtest, before, after, clock())
    except TakenOver:
        logger.warning("Backtest %s was taken over.", backtest.pk)
    except Exception as error:
        logger.exception("Backtest %s failed.", backtest.pk)
        _mine(backtest).update(
            state=BacktestState.FAILED, failure=f"{type(error).__name__}: {error}"[:2000], finished_at=clock()
        )
    return True


def _claim(now: datetime) -> Backtest | None:
    with transaction.atomic():
        waiting = Backtest.objects.select_for_update(skip_locked=True).order_by("id")
        is_left = waiting.filter(state=BacktestState.RUNNING, lease_until__lt=now)
        backtest = waiting.filter(state=BacktestState.PENDING).first() or is_left.first()
        if backtest is None:
            return None
        if backtest.attempts >= ATTEMPTS_MAX:
            backtest.state, backtest.finished_at = BacktestState.FAILED, now
            backtest.failure = "Whoever ran it did not come to an end, three times."
        else:
            backtest.attempts += 1
            backtest.state, backtest.lease_until = BacktestState.RUNNING, now + LEASE
            backtest.done = 0
            backtest.total = count_history(merchant_id=backtest.merchant_id, until=backtest.ends_at)
        backtest.save()
        return backtest if backtest.state == BacktestState.RUNNING else None


def _mine(backtest: Backtest) -> Any:
    """The row, if it is still this run's to write."""
    return Backtest.objects.filter(pk=backtest.pk, attempts=backtest.attempts, state=BacktestState.RUNNING)


@dataclass(slots=True)
class _Tally:
    """What one set of policies gives: points and grants by policy and by customer."""

    counting: bool = True
    by_policy: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    points: Counter[int] = field(default_factory=Counter)
    grants: Counter[int] = field(default_factory=Counter)

    def tell(self, award: Award, amount: int) -> None:
        """Count what was given, or (a negative amount) taken back."""
        if not self.counting:
            return
        measure = "points" if award.kind == "points" else "grants"
        counted = self.by_policy[award.policy_code]
        counted[measure] += amount
        counted["awards"] += amount > 0
        (self.points if award.kind == "points" else self.grants)[award.customer_id] += amount

    def as_json(self) -> dict[str, Any]:
        """The totals."""
        return {
            "points": self.points.total(),
            "grants": self.grants.total(),
            "customers": sum(1 for points in self.points.values() if points),
            "policies": {
                code: {name: counted[name] for name in ("awards", "points", "grants")}
                for code, counted in sorted(self.by_policy.items())
            },
        }


def _run(backtest: Backtest, clock: Callable[[], datetime]) -> tuple[_Tally, _Tally]:
    """Replay all that happened, under the policies in force and under those that are tried.

    :raises TakenOver: if it took so long to tell of itself that another worker began.
    """
    merchant, now = backtest.merchant, clock()
    terms, known = default_wallet_terms(merchant=merchant), read_known(merchant_id=merchant.pk)
    sets = policies_in_force(merchant.pk, now), policies_tried(merchant, backtest.candidate, now)
    tallies = _Tally(), _Tally()
    rehearsals = [
        Rehearsal(merchant=merchant, terms=terms, policies=policies, known=known, tell=tally.tell)
        for policies, tally in zip(sets, tallies, strict=True)
    ]
    history = read_history(merchant_id=merchant.pk, until=backtest.ends_at)
    for number, fact in enumerate(history):
        is_counted = backtest.starts_at is None or fact.occurred_at >= backtest.starts_at
        for rehearsal, tally in zip(rehearsals, tallies, strict=True):
            tally.counting = is_counted
            rehearsal.go_through(fact)
        if not number % TELL_EVERY:
            _tell_progress(backtest, number, clock())
    return tallies


def _tell_progress(backtest: Backtest, done: int, now: datetime) -> None:
    if not _mine(backtest).update(done=min(done, backtest.total), lease_until=now + LEASE):
        raise TakenOver


def _finish(backtest: Backtest, before: _Tally, after: _Tally, now: datetime) -> None:
    changed = [
        customer_id
        for customer_id in sorted({*before.points, *after.points, *before.grants, *after.grants})
        if (before.points[customer_id], before.grants[customer_id])
        != (after.points[customer_id], after.grants[customer_id])
    ]
    gains = [after.points[customer_id] - before.points[customer_id] for customer_id in changed]
    totals = {
        "before": before.as_json(),
        "after": after.as_json(),
        "winners": sum(gain > 0 for gain in gains),
        "losers": sum(gain < 0 for gain in gains),
    }
    with transaction.atomic():
        is_mine = _mine(backtest).update(state=BacktestState.DONE, done=backtest.total, totals=totals, finished_at=now)
        if not is_mine:
            raise TakenOver
        columns = ("backtest_id", "merchant_id", "customer_id", "points_before", "points_after", "grants_before")
        copy_rows(
            BacktestOutcome,
            (*columns, "grants_after"),
            (
                (
                    backtest.pk, backtest.merchant_id, customer_id, before.points[customer_id],
                    after.points[customer_id], before.grants[customer_id], after.grants[customer_id],
                )
                for customer_id in changed
            ),
        )  # fmt: skip
