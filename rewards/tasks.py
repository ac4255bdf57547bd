"""Doors for Celery: each task is one service call, and running it twice is harmless."""

import json
import time
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from config.lib.nudges import has_begun, wake, wake_once
from referrals.models.merchants import Merchant
from referrals.services.touches import forget_touches
from rewards.services.announcements import announce_campaigns
from rewards.services.birthdays import record_birthdays
from rewards.services.checkout import refill_snapshots
from rewards.services.coupons import void_expired_coupons
from rewards.services.evaluation.run import BATCH_SIZE, evaluate_due
from rewards.services.experiments.running import advance_experiments
from rewards.services.grants import expire_grants
from rewards.services.merging import level_merged
from rewards.services.messages import accept_messages
from rewards.services.policy_days import bring_policy_day, note_policy_days
from rewards.services.recommendations import learn_recommendations
from rewards.services.refunds import adopt_refunds
from rewards.services.segments import recompute_segments
from rewards.services.sessions.ending import expire_sessions
from rewards.services.signing_up import forget_sign_ups
from rewards.services.trials.backtests import run_next_backtest

SLICE_SECONDS = 20
REFILL_SLICE_SECONDS = 1
BACKTEST_SECONDS_MAX = 6 * 3600


@shared_task
def evaluate_pending(**_newer: object) -> None:
    """Work off what is due, for at most a slice of time; a full batch calls for another pair of hands."""
    has_begun(evaluate_pending)
    adopt_refunds(now=timezone.now())
    until = time.monotonic() + SLICE_SECONDS
    while (claimed := evaluate_due(now=timezone.now())) and time.monotonic() < until:
        if claimed >= BATCH_SIZE:
            nudge()


@shared_task
def level_merged_accounts() -> None:
    """Move on what became spendable in accounts of customers who were merged."""
    level_merged(now=timezone.now())


@shared_task
def forget_stale_sign_ups() -> None:
    """Delete sign-ups that nobody completed, and links that were followed too long ago to count."""
    forget_sign_ups(now=timezone.now())
    forget_touches(now=timezone.now())


@shared_task
def record_birthdays_due(**_newer: object) -> None:
    """Record the birthdays that are not on record, and have them evaluated."""
    while record_birthdays(now=timezone.now()):
        nudge()


@shared_task
def bring_policy_days(**_newer: object) -> None:
    """Take the days on which policies are due to customers, for at most a slice of time, and have them evaluated."""
    note_policy_days(now=timezone.now())
    until = time.monotonic() + SLICE_SECONDS
    while bring_policy_day(now=timezone.now()) and time.monotonic() < until:
        nudge()


@shared_task(soft_time_limit=BACKTEST_SECONDS_MAX, time_limit=BACKTEST_SECONDS_MAX)
def run_backtests(**_newer: object) -> None:
    """Run the backtests that wait, one after the other."""
    while run_next_backtest(clock=timezone.now):
        pass


@shared_task
def announce_begun_campaigns(**_newer: object) -> None:
    """Tell those for whom a campaign is that it has begun."""
    while announce_campaigns(now=timezone.now()):
        pass


@shared_task
def recompute_every_segment(**_newer: object) -> None:
    """Work out anew who is in the segments of each merchant."""
    for merchant_id in Merchant.objects.order_by("id").values_list("id", flat=True):
        recompute_segments(merchant_id=merchant_id, now=timezone.now())


@shared_task
def advance_every_experiment(**_newer: object) -> None:
    """Measure experiments, and let shares follow what was learned."""
    advance_experiments(now=timezone.now())


@shared_task
def learn_every_recommendation(**_newer: object) -> None:
    """Learn anew what the customers of each merchant choose together."""
    for merchant_id in Merchant.objects.order_by("id").values_list("id", flat=True):
        learn_recommendations(merchant_id=merchant_id, now=timezone.now())


@shared_task
def refill_credits(**_newer: object) -> None:
    """Make new snapshots of credits that have changed, for at most a slice of time."""
    until = time.monotonic() + REFILL_SLICE_SECONDS
    while refill_snapshots(now=timezone.now()) and time.monotonic() < until:
        pass


@shared_task
def end_what_is_over(**_newer: object) -> None:
    """End sessions, grants and coupons whose time is over, for at most a slice of time."""
    until = time.monotonic() + SLICE_SECONDS
    for end in (expire_sessions, expire_grants, void_expired_coupons):
        while end(now=timezone.now()) and time.monotonic() < until:
            pass


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=None, retry_backoff=2, retry_backoff_max=300)
def take_in_purchase(merchant: str, purchase: dict[str, Any], **_newer: object) -> None:
    """Record a purchase that another system tells by this task, in the words of the API; twice is once.

    What cannot be taken in is written down for staff, since nobody waits for an answer.

    :param merchant: its slug, or our id of it.
    """
    message = json.dumps({"merchant": merchant, "purchase": purchase}).encode()
    (refusal,) = accept_messages(messages=[message], source="task", now=timezone.now())
    if refusal is None:
        nudge()


def nudge() -> None:
    """Have what is due evaluated."""
    wake_once(evaluate_pending)


def wake_backtests() -> None:
    """Have the backtests that wait run."""
    wake(run_backtests)
