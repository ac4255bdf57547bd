"""Activities that are told, limited and swept by many at the same moment."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from referrals.models import Activity, Customer
from rewards.models import Occurrence, PolicyDay
from rewards.services.activities import accept_activities
from rewards.services.activity_events import read_activity_event
from rewards.services.birthdays import record_birthdays
from rewards.services.policy_days import bring_policy_day, note_policy_days
from tests.concurrency.together import at_once
from tests.concurrency.trade import open_shop, scatter

pytestmark = pytest.mark.django_db(transaction=True)

SHARE = {
    "trigger": "activity.recorded",
    "activity": "social_share",
    "beneficiary": "customer",
    "give": {"points": {"fixed": 10}},
    "limits": {"per_customer": {"times": 3, "per": "day"}},
}
ONCE = {"trigger": "activity.recorded", "beneficiary": "customer", "give": {"points": {"fixed": 100}}}


DAILY = {
    "trigger": "schedule.due",
    "every": {"month": list(range(1, 32))},
    "beneficiary": "customer",
    "give": {"points": {"fixed": 7}},
}

LEAP_YEAR = 1992


def tell(shop, numbers, at):
    raw = [
        {"activity_id": f"share-{n}", "kind": "social_share", "occurred_at": at, "customer": {"id": "bob"}}
        for n in numbers
    ]
    events = [read_activity_event(each, now=timezone.now()) for each in raw]
    return accept_activities(merchant=shop.merchant, source="api", events=events, now=timezone.now())


def test_a_limit_a_day_is_kept_whatever_is_evaluated_at_once(transactional_db, evaluators):
    shop = open_shop(share=SHARE)
    at = (timezone.now() - timedelta(hours=1)).isoformat()
    tell(shop, range(40), at)
    scatter()
    evaluators.work(size=3)
    assert shop.points("bob") == 30


def test_the_same_activities_told_at_once_are_recorded_once(transactional_db):
    shop = open_shop(share=SHARE)
    at = (timezone.now() - timedelta(hours=1)).isoformat()
    there_and_back = (range(50), range(49, -1, -1))
    told = at_once(*[partial(tell, shop, there_and_back[n % 2], at) for n in range(6)])
    accepted = [outcome for outcomes in told for outcome in outcomes if outcome.kind == "accepted"]
    assert (len(accepted), Activity.objects.count(), Customer.objects.count()) == (50, 50, 1)
    assert all(outcome.kind != "conflict" for outcomes in told for outcome in outcomes)


def test_sweeps_and_registrations_at_once_record_each_birthday_and_each_account_once(transactional_db, evaluators):
    shop = open_shop(once=ONCE)
    now = timezone.now()
    for number in range(20):
        shop.enrol(f"customer-{number}")
    today = now.astimezone(ZoneInfo(shop.merchant.time_zone)).date()
    Customer.objects.update(birthday=today.replace(year=LEAP_YEAR))
    at_once(
        *[partial(record_birthdays, now=now) for _ in range(4)],
        *[partial(shop.enrol, f"customer-{number}") for number in range(10, 22) for _ in range(2)],
    )
    evaluators.work(size=5)
    assert Activity.objects.filter(kind="birthday").count() == 20
    assert Activity.objects.filter(kind="account_creation").count() == 22
    assert {shop.points(f"customer-{number}") for number in range(20)} == {200}


def test_sweeps_at_once_bring_a_day_to_each_customer_once(transactional_db, evaluators):
    shop = open_shop(daily=DAILY)
    for number in range(40):
        shop.enrol(f"customer-{number}")
    today = timezone.localtime(timezone=ZoneInfo(shop.merchant.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    Customer.objects.update(created_at=today)

    def sweep():
        now = timezone.now()
        note_policy_days(now=now)
        while bring_policy_day(now=now, limit=3):
            pass

    at_once(*[sweep] * 4)
    sweep()
    evaluators.work(size=5)
    assert PolicyDay.objects.filter(done_at=None).count() == 0
    assert Occurrence.objects.filter(policy_day__starts_at=today).count() == 40
    assert {shop.points(f"customer-{number}") for number in range(40)} == {7}
