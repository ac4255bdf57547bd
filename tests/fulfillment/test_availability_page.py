"""Technicians say themselves when they work, and jobs go by it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fulfillment.models import TimeOff, WorkingHours
from tests.concurrency.together import at_once
from tests.factories.fulfillment import TimeOffFactory, WorkingHoursFactory
from tests.factories.referrals import MerchantFactory
from tests.fulfillment.desk import Desk

PAGE = "/portal/availability/"
HOST = "orchard.localhost"
TODAY = timezone.now().date()


@pytest.fixture
def desk(db):
    return Desk(now=timezone.now(), merchant=MerchantFactory(domain=HOST, time_zone="UTC"))


@pytest.fixture
def tina(desk):
    return desk.technician()


@pytest.fixture
def say(tina):
    """Send a form of Tina's page; what she reads then."""
    client = Client(headers={"Host": HOST})
    client.force_login(tina.user)

    def send(kind, **said):
        return client.post(f"{PAGE}{kind}/", {"technician": tina.pk, **said}, follow=True).text

    return send


def hours_of(technician):
    return list(technician.hours.order_by("weekday", "starts_at").values_list("weekday", "starts_at", "ends_at"))


def test_hours_are_added_for_several_days_and_removed_one_by_one(say, tina):
    page = say("hours", weekdays=[0, 4], starts_at="09:00", ends_at="17:30")
    assert "<strong>Friday</strong> 09:00–17:30" in page
    say("hours", weekdays=[4], starts_at="18:00", ends_at="00:00")
    assert hours_of(tina) == [(0, "09:00", "17:30"), (4, "09:00", "17:30"), (4, "18:00", "24:00")]

    say(f"hours/{tina.hours.first().pk}/remove")
    assert hours_of(tina) == [(4, "09:00", "17:30"), (4, "18:00", "24:00")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"weekdays": [], "starts_at": "09:00", "ends_at": "17:00"}, "This field is required."),
        ({"weekdays": [0], "starts_at": "17:00", "ends_at": "09:00"}, "It ends after it begins."),
        ({"weekdays": [0], "starts_at": "25:00", "ends_at": "09:00"}, "Enter a valid time."),
        ({"weekdays": [0, 1], "starts_at": "16:59", "ends_at": "18:00"}, "You work at some of these hours already."),
    ],
)
def test_hours_that_cannot_be_are_explained_and_none_are_added(say, tina, said, why):
    WorkingHoursFactory(technician=tina, weekday=1)
    assert why in say("hours", **said)
    assert hours_of(tina) == [(1, "09:00", "17:00")]


def test_whoever_is_away_gets_no_job_until_they_work_after_all(say, desk, tina):
    service = desk.option("polish", "free_service", needs_technician=True)
    desk.redeem(desk.customer(points=100), service)
    tomorrow = TODAY + timedelta(days=1)

    assert "Some of these days" not in say("time-off", first_day=TODAY, last_day=TODAY + timedelta(days=30))
    assert "Some of these days are free already." in say("time-off", first_day=tomorrow, last_day=tomorrow)
    assert desk.dispatch() == []
    say(f"time-off/{TimeOff.objects.get().pk}/remove")
    desk.now += timedelta(minutes=11)
    assert desk.dispatch() == [tina]


def test_days_that_are_over_and_days_backwards_are_refused(say):
    yesterday = TODAY - timedelta(days=1)
    assert "This day is over." in say("time-off", first_day=yesterday, last_day=TODAY)
    assert "It ends after it begins." in say("time-off", first_day=TODAY, last_day=yesterday)
    assert not TimeOff.objects.exists()


def test_nobody_changes_the_times_of_another(say, desk):
    tom = desk.technician()
    hours, days = WorkingHoursFactory(technician=tom), TimeOffFactory(technician=tom)

    say("hours", technician=tom.pk, weekdays=[5], starts_at="09:00", ends_at="17:00")
    say(f"hours/{hours.pk}/remove")
    say(f"time-off/{days.pk}/remove")

    assert list(WorkingHours.objects.all()) == [hours]
    assert list(TimeOff.objects.all()) == [days]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_add_hours_once(say, tina):
    at_once(*[lambda: say("hours", weekdays=[2], starts_at="09:00", ends_at="17:00")] * 2)
    at_once(*[lambda: say("time-off", first_day=TODAY, last_day=TODAY)] * 2)
    assert hours_of(tina) == [(2, "09:00", "17:00")]
    assert TimeOff.objects.count() == 1
