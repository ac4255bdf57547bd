"""What breaks each rule that the database holds of policies and of trying them out."""

from datetime import timedelta

from tests.credits.broken_rules import foreign, row, twice
from tests.factories.policy_days import OccurrenceFactory, PolicyDayFactory
from tests.factories.referrals import NOON, CustomerFactory
from tests.factories.rewards import (
    BacktestFactory,
    BacktestOutcomeFactory,
    PolicyChangeFactory,
    PolicyVersionFactory,
)

HOUR = timedelta(hours=1)
DRAFT = {"status": "draft", "published_at": None}


def followed_by(**values):
    """A version that was in force for an hour, and another one of the same policy."""

    def make():
        first = PolicyVersionFactory(status="retired", retired_at=NOON + HOUR)
        PolicyVersionFactory(policy=first.policy, **values)

    return make


def two_drafts():
    PolicyVersionFactory(policy=PolicyVersionFactory(**DRAFT).policy, number=2, **DRAFT)


BROKEN_IN_POLICIES = [
    ("policy_version_number_once", followed_by(number=1, published_at=NOON + HOUR)),
    ("policy_one_version_in_force", lambda: PolicyVersionFactory(policy=PolicyVersionFactory().policy, number=2)),
    ("policy_one_version_in_force", followed_by(number=2, published_at=NOON + HOUR - timedelta(seconds=1))),
    ("policy_one_draft", two_drafts),
    *[
        ("policy_version_dates_follow_status", row(PolicyVersionFactory, **dates))
        for dates in (
            {"published_at": None},
            {"status": "retired"},
            {"status": "draft"},
            {"retired_at": NOON + HOUR},
            {"effective_at": None},
        )
    ],
    (
        "policy_version_ends_after_it_begins",
        row(PolicyVersionFactory, status="retired", retired_at=NOON - timedelta(seconds=1)),
    ),
    ("policy_change_actor_is_a_word", row(PolicyChangeFactory, actor="Sam Support")),
    ("policy_day_once", twice(PolicyDayFactory, "merchant", "day")),
    ("policy_day_done_after_it_began", row(PolicyDayFactory, done_at=NOON - timedelta(seconds=1))),
    ("occurrence_day_same_merchant", foreign(OccurrenceFactory)),
    ("occurrence_customer_same_merchant", foreign(OccurrenceFactory, "customer", CustomerFactory)),
    ("occurrence_once", twice(OccurrenceFactory, "policy_day", "customer")),
    ("backtest_not_done_twice", row(BacktestFactory, done=2, total=1)),
    ("backtest_done_has_totals", row(BacktestFactory, state="done")),
    ("backtest_ends_after_it_begins", row(BacktestFactory, starts_at=NOON, ends_at=NOON)),
    ("backtest_outcome_same_merchant", foreign(BacktestOutcomeFactory)),
    ("backtest_outcome_customer_same_merchant", foreign(BacktestOutcomeFactory, "customer", CustomerFactory)),
]
