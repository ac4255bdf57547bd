"""Who gets a job: by skill, region, hours and load; by hand; and only they act on it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.lib.errors import NotFound
from fulfillment.models import TimeOff, WorkingHours
from fulfillment.selectors.availability import next_at_work
from fulfillment.services.dispatch import LOOK_AGAIN, TechnicianUnavailable
from fulfillment.services.fulfilment import start_job
from fulfillment.services.refusals import IllegalMove, NotYourJob, OwnRedemption
from tests.factories.fulfillment import TimeOffFactory, WorkingHoursFactory
from tests.factories.referrals import UserFactory
from tests.fulfillment.desk import status_of, told_of

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def service(desk):
    return desk.option("polish", "free_service", needs_technician=True)


@pytest.fixture
def ask(desk, service):
    """Somebody redeems the service; each time it is another customer."""
    return lambda name, **wish: desk.redeem(desk.customer(name, points=100), service, **wish)


@pytest.mark.parametrize(
    ("able", "unable"),
    [
        ({"skills": ["free_service"]}, {"skills": ["repair_discount"]}),
        ({"skills": ["polish"]}, {"skills": ["engraving"]}),
        ({}, {"is_active": False}),
        ({"regions": ["north"]}, {"regions": ["south"]}),
    ],
)
def test_only_who_is_able_gets_a_job(desk, ask, able, unable):
    desk.technician(**unable)
    able = desk.technician(**able)
    ask("alice", region="north")

    assert desk.dispatch() == [able]


def test_the_least_loaded_gets_it_and_nobody_more_than_they_can_do(desk, ask):
    small, large = desk.technician(capacity=1), desk.technician(capacity=4)

    redemptions = [ask(name) for name in "abcdef"]

    assert desk.dispatch() == [small, large, large, large, large]
    assert status_of(redemptions[5]) == "approved"
    assert desk.job(redemptions[5]) is None
    told = {"candidates": 1, "left_out": {"full": 1}, "open_jobs": 0, "capacity": 4}
    assert desk.job(redemptions[1]).explanation == {**told, "at_work_from": desk.now.isoformat()}


def test_whoever_is_at_work_sooner_gets_it(desk, ask):
    weekend, today = desk.technician(), desk.technician()
    WorkingHoursFactory(technician=weekend, weekday=5)
    WorkingHoursFactory(technician=today, weekday=4, starts_at="13:00", ends_at="18:00")
    ask("a")

    assert desk.dispatch() == [today]

    TimeOffFactory(technician=today, first_day=date(2026, 11, 20), last_day=date(2026, 11, 22))
    ask("b")

    assert desk.dispatch() == [weekend]


@pytest.mark.parametrize(
    ("zone", "hours", "off", "expected"),
    [
        ("UTC", [(4, "09:00", "17:00")], [], FRIDAY_NOON),
        ("UTC", [(4, "09:00", "12:00")], [], datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("America/New_York", [(4, "09:00", "17:00")], [], datetime(2026, 11, 20, 14, tzinfo=UTC)),
        ("Asia/Kolkata", [(4, "22:00", "24:00")], [], datetime(2026, 11, 20, 16, 30, tzinfo=UTC)),
        ("UTC", [], [(20, 21)], datetime(2026, 11, 22, tzinfo=UTC)),
        ("UTC", [(4, "09:00", "17:00")], [(20, 20), (27, 27)], None),
    ],
)
def test_hours_are_read_by_the_clock_of_the_merchant(zone, hours, off, expected):
    weekly = [WorkingHours(weekday=day, starts_at=starts, ends_at=ends) for day, starts, ends in hours]
    away = [TimeOff(first_day=date(2026, 11, first), last_day=date(2026, 11, last)) for first, last in off]

    assert next_at_work(hours=weekly, time_off=away, zone=ZoneInfo(zone), now=FRIDAY_NOON) == expected


def test_a_job_that_is_declined_goes_to_another_and_at_last_to_nobody(desk, ask):
    redemption = ask("alice")
    desk.technician(), desk.technician()
    (first,) = desk.dispatch()

    desk.gives_up(first, desk.job(redemption))
    (second,) = desk.dispatch()
    desk.gives_up(second, desk.job(redemption))

    assert first != second
    assert desk.dispatch() == []
    redemption.refresh_from_db()
    assert redemption.dispatch_at == desk.now + LOOK_AGAIN
    third = desk.technician()
    desk.now += LOOK_AGAIN
    assert desk.dispatch() == [third]


def test_what_could_not_be_done_waits_for_staff(desk, ask):
    redemption, tina = ask("alice"), desk.technician()
    desk.dispatch()
    start_job(job=desk.job(redemption).uuid, technician=tina, now=desk.now)

    desk.gives_up(tina, desk.job(redemption), has_begun=True)

    assert desk.dispatch() == []
    assert told_of(redemption)[-1] == "redemption.failed"
    other = desk.technician()
    desk.completes(other, desk.assign(redemption, other))
    assert status_of(redemption) == "fulfilled"


def test_only_who_has_the_job_acts_on_it_and_who_lost_it_does_not_find_it(desk, ask):
    redemption, tina = ask("alice"), desk.technician()
    desk.dispatch()
    job, tom = desk.job(redemption), desk.technician()

    with pytest.raises(NotFound):
        desk.completes(tom, job)
    desk.assign(redemption, tom)
    for act in (desk.completes, desk.gives_up):
        with pytest.raises(NotFound):
            act(tina, job)
    with pytest.raises(NotFound):
        start_job(job=job.uuid, technician=tina, now=desk.now)
    tom.is_active = False
    tom.save()
    with pytest.raises(NotFound):
        desk.completes(tom, desk.job(redemption))
    with pytest.raises(NotYourJob):
        desk.fulfil(redemption)
    assert status_of(redemption) == "approved"


def test_staff_fulfil_in_a_technicians_stead_only_while_somebody_has_the_job(desk, ask):
    redemption = ask("alice")
    with pytest.raises(NotYourJob):
        desk.fulfil(redemption)
    desk.technician()
    desk.dispatch()

    assert desk.fulfil(redemption).status == "fulfilled"
    assert desk.job(redemption).state == "done"


def test_nobody_delivers_to_themselves(desk, service):
    tina = desk.technician()
    redemption = desk.redeem(desk.customer(points=100, user=tina.user), service)

    assert desk.dispatch() == []
    with pytest.raises(OwnRedemption):
        desk.assign(redemption, tina)


def test_by_hand_only_who_works_there_and_only_what_is_approved(desk, ask):
    redemption, gone = ask("alice"), desk.technician(is_active=False)
    with pytest.raises(TechnicianUnavailable):
        desk.assign(redemption, gone)

    mug = desk.redeem(desk.customer(points=100), desk.option(needs_approval=True, needs_technician=True))
    with pytest.raises(IllegalMove):
        desk.assign(mug, desk.technician())


def test_merchandise_and_discounts_go_to_nobody_unless_the_option_says_so(desk):
    desk.technician()
    alice = desk.customer(points=300)
    desk.redeem(alice, desk.option(shipping_required=True), address="1 Elm Street")
    desk.redeem(alice, desk.option("five-off", "purchase_discount", discount="fixed", value=500))
    assert desk.dispatch() == []

    desk.redeem(alice, desk.option("sofa", needs_technician=True))
    assert len(desk.dispatch()) == 1


def test_who_is_rejected_after_all_takes_the_job_away(desk, ask):
    redemption, tina = ask("alice"), desk.technician(user=UserFactory())
    desk.dispatch()

    desk.reject(redemption)

    assert desk.job(redemption).state == "withdrawn"
    with pytest.raises(NotFound):
        desk.completes(tina, desk.job(redemption))


def test_a_job_that_waits_is_looked_at_again_later_and_holds_up_no_other(desk, ask, service):
    ask("a", region="south")
    northerner = desk.technician(regions=["north"])
    ask("b", region="north")

    assert desk.dispatch() == [northerner]
    desk.now += timedelta(minutes=1)
    assert desk.dispatch() == []
