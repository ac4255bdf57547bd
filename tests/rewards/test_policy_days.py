"""Policies that are due on days of the calendar: each gives to each customer once a day, whenever the sweep comes."""

from datetime import UTC, datetime, timedelta

import pytest

from credits.models import Entry
from rewards.models import Evaluation, Occurrence, PolicyDay
from rewards.services.policy_days import bring_policy_day, note_policy_days
from rewards.services.trials.dry_run import Trial, dry_run
from tests.factories.rewards import PolicyFactory, PolicyVersionFactory, SegmentMemberFactory
from tests.rewards.shop import policy

MONTHLY = policy("customer", on="schedule.due", points=50, every={"month": [1]})
OF_SILVER = {**MONTHLY, "when": "customer.tier == 'silver'"}


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sweep(shop, at, limit=500):
    """The sweep comes, and what it orders is worked off; how many chunks there were."""
    shop.now = moment(at)
    note_policy_days(now=shop.now)
    chunks = 0
    while bring_policy_day(now=shop.now, limit=limit):
        chunks += 1
    shop.works(later=timedelta(0))
    return chunks


@pytest.fixture
def shop(open_shop):
    """A shop in Berlin with bronze Bob and silver Alice, known since October."""

    def open_one(*policies, **said):
        shop = open_shop(*policies, time_zone="Europe/Berlin", **said)
        shop.now = moment("2026-10-01T12:00")
        for name in ("alice", "bob"):
            shop.customer(name)
        shop.bought("alice", 150)
        return shop

    return open_one


def test_gold_customers_get_their_points_on_the_first_of_each_month_and_others_nothing(shop):
    shop = shop(OF_SILVER)
    for at in ("2026-10-31T22:59", "2026-10-31T23:00", "2026-11-01T12:00", "2026-11-02T12:00"):
        sweep(shop, at)
    assert (shop.points("alice"), shop.points("bob")) == (50, 0)
    assert [(str(day.day), day.starts_at) for day in PolicyDay.objects.all()] == [
        ("2026-11-01", moment("2026-10-31T23:00"))
    ]
    sweep(shop, "2026-12-01T12:00")
    assert shop.points("alice") == 100
    assert Occurrence.objects.count() == 2
    assert Entry.objects.filter(reason="schedule.due").count() == 2


def test_whom_no_policy_gives_anything_leaves_no_row(shop):
    shop = shop(OF_SILVER)
    sweep(shop, "2026-11-01T12:00")
    evaluated = Evaluation.objects.filter(trigger="schedule.due")
    assert [each.customer for each in evaluated] == [shop.customer("alice")]


@pytest.mark.parametrize(
    ("begins", "day"),
    [
        ("2027-03-27T23:00", "2027-03-28"),  # It has 23 hours.
        ("2026-10-24T22:00", "2026-10-25"),  # It has 25 hours.
    ],
)
def test_a_day_on_which_clocks_change_comes_once(shop, begins, day):
    shop = shop(policy("customer", on="schedule.due", points=50, every={"week": ["sun"]}))
    for hours in (-1, 0, 1, 2, 3, 12, 22, 23, 24):
        sweep(shop, (moment(begins) + timedelta(hours=hours)).replace(tzinfo=None).isoformat())
    (came,) = Occurrence.objects.filter(policy_day__day=day, customer=shop.customer("bob"))
    assert came.policy_day.starts_at == moment(begins)


def test_a_policy_that_is_published_during_a_day_has_nothing_to_make_up_for(shop):
    shop = shop(MONTHLY)
    late = PolicyFactory(merchant=shop.merchant)
    PolicyVersionFactory(policy=late, definition={**MONTHLY, "priority": 1}, published_at=moment("2026-11-01T08:00"))
    sweep(shop, "2026-11-01T09:00")
    assert shop.points("bob") == 50
    sweep(shop, "2026-12-01T09:00")
    assert shop.points("bob") == 150


def test_a_policy_whose_words_change_during_a_day_gives_once_by_those_in_force(shop):
    shop = shop(MONTHLY)
    shop.now = moment("2026-11-01T08:00")
    more = policy("customer", on="schedule.due", points=70, every={"month": [1]})
    shop.publish(more, policy=shop.policies[0], number=2)
    sweep(shop, "2026-11-01T09:00")
    sweep(shop, "2026-11-01T10:00")
    assert shop.points("bob") == 70


def test_a_sweep_that_is_late_makes_up_for_a_week_and_then_it_is_over(shop):
    shop = shop(MONTHLY)
    sweep(shop, "2026-11-08T12:00")
    assert shop.points("bob") == 50
    sweep(shop, "2026-12-10T12:00")
    assert shop.points("bob") == 50


def test_who_comes_after_the_day_began_waits_for_the_next(shop):
    shop = shop(MONTHLY)
    shop.now = moment("2026-11-01T08:00")
    shop.customer("carol")
    sweep(shop, "2026-11-01T12:00")
    assert shop.points("carol") == 0
    sweep(shop, "2026-12-01T12:00")
    assert shop.points("carol") == 50


def test_conditions_may_ask_for_segments_and_referrals(shop):
    shop = shop({**MONTHLY, "when": "'vip' in customer.segments || customer.is_referred"})
    SegmentMemberFactory(segment__code="vip", segment__merchant=shop.merchant, customer=shop.customer("bob"))
    shop.joins("carol", code=shop.code("bob"))
    shop.works()
    sweep(shop, "2026-11-01T12:00")
    assert [shop.points(name) for name in ("alice", "bob", "carol")] == [0, 50, 50]


def test_customers_are_gone_through_in_chunks_and_the_next_sweep_goes_on(shop):
    shop = shop(MONTHLY)
    for number in range(3):
        shop.customer(f"customer-{number}")
    shop.now = moment("2026-11-01T12:00")
    note_policy_days(now=shop.now)
    assert bring_policy_day(now=shop.now, limit=2)
    assert Occurrence.objects.count() == 2
    assert sweep(shop, "2026-11-01T12:05", limit=2) == 2
    assert sweep(shop, "2026-11-01T12:10", limit=2) == 0
    assert Occurrence.objects.count() == 5
    assert shop.points("customer-2") == 50


def test_points_of_a_day_may_lift_a_tier_which_has_its_own_policies(shop):
    tiers = ({"code": "bronze"}, {"code": "silver", "min_points": 40})
    rise = policy("customer", on="tier.changed", points=9)
    shop = shop(MONTHLY, rise, tiers=tiers)
    sweep(shop, "2026-11-01T12:00")
    assert shop.points("bob") == 59


def test_a_dry_run_tells_what_a_day_to_come_gives(shop):
    shop = shop(OF_SILVER)
    tried = {name: Trial(customer=shop.customer(name), at=moment("2026-11-01T12:00")) for name in ("alice", "bob")}
    runs = {name: dry_run(merchant=shop.merchant, trial=trial) for name, trial in tried.items()}
    assert {name: run.points_of("customer") for name, run in runs.items()} == {"alice": 50, "bob": 0}
    other_day = Trial(customer=shop.customer("alice"), at=moment("2026-11-02T12:00"))
    ((traced,),) = (each.policies for each in dry_run(merchant=shop.merchant, trial=other_day).decided)
    assert traced.refusal.code == "not_scheduled"
