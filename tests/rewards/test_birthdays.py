"""A birthday is recorded once a year, whenever the sweep comes, and whatever becomes of it in between."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from referrals.models import Activity, Merchant
from referrals.services.customers import BirthdayConflict
from rewards.services.birthdays import celebrated, record_birthdays
from tests.rewards.shop import policy

DAY = timedelta(days=1)
BIRTHDAY = policy("customer", on="activity.recorded", activity="birthday")


@pytest.fixture
def shop(open_shop):
    """A shop in Berlin that gives 100 points for a birthday."""
    return open_shop(BIRTHDAY, time_zone="Europe/Berlin")


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sweep(shop, at, **limits):
    shop.now = moment(at)
    recorded = record_birthdays(now=shop.now, **limits)
    shop.works(later=timedelta(0))
    return recorded


def days():
    return [str(it.occurred_at.date()) for it in Activity.objects.filter(kind="birthday").order_by("occurred_at")]


def born(shop, customer, birthday, told="2020-01-01"):
    shop.now = moment(told)
    return shop.joins(customer, birthday=date.fromisoformat(birthday))


def test_a_birthday_gives_points_on_its_day_in_the_merchants_zone(shop):
    born(shop, "bob", "1990-05-03")
    assert sweep(shop, "2022-05-02T21:59") == 0
    assert sweep(shop, "2022-05-02T22:00") == 1
    assert shop.points("bob") == 100
    assert Activity.objects.get(kind="birthday").occurred_at == moment("2022-05-02T22:00")


@pytest.mark.parametrize("late", ["2022-05-03T12:00", "2022-05-10T12:00"])
def test_a_sweep_that_is_late_makes_up_for_a_week_and_none_is_counted_twice(shop, late):
    born(shop, "bob", "1990-05-03")
    assert [sweep(shop, late), sweep(shop, late), sweep(shop, "2022-05-09T12:00")] == [1, 0, 0]
    assert shop.points("bob") == 100


def test_after_a_week_it_is_over_until_next_year(shop):
    born(shop, "bob", "1990-05-03")
    assert sweep(shop, "2022-05-10T22:00") == 0
    assert sweep(shop, "2023-05-03T12:00") == 1


def test_a_birthday_at_the_end_of_the_year_is_made_up_for_in_the_next_and_comes_again(shop):
    born(shop, "bob", "1990-12-30")
    assert [sweep(shop, "2023-01-02T12:00"), sweep(shop, "2023-12-30T12:00")] == [1, 1]
    assert shop.points("bob") == 200


@pytest.mark.parametrize(
    ("day", "celebrates"),
    [
        ("2023-02-28", [(2, 28), (2, 29)]),
        ("2024-02-28", [(2, 28)]),
        ("2024-02-29", [(2, 29)]),
        ("2100-02-28", [(2, 28), (2, 29)]),
    ],
)
def test_who_was_born_on_29_february_celebrates_on_the_28th_in_common_years(day, celebrates):
    assert list(celebrated(date.fromisoformat(day))) == celebrates


def test_who_was_born_on_29_february_has_one_birthday_every_year(shop):
    born(shop, "bob", "1992-02-29")
    for year in range(2022, 2026):
        for day in ("02-27", "02-28", "03-01", "03-02"):
            sweep(shop, f"{year}-{day}T12:00")
    assert days() == [
        "2022-02-27",
        "2023-02-27",
        "2024-02-28",
        "2025-02-27",
    ]  # In Berlin a day begins the evening before.


def test_the_day_of_birth_itself_is_no_birthday(shop):
    born(shop, "bob", "2022-05-03", told="2022-05-03T12:00")
    assert sweep(shop, "2022-05-03T12:00") == 0


def test_a_birthday_that_is_changed_pays_once_a_year_all_the_same(shop):
    born(shop, "bob", "1990-05-03")
    sweep(shop, "2022-05-03T12:00")
    born(shop, "bob", "1990-09-09", told="2022-06-01")
    assert sweep(shop, "2022-09-09T12:00") == 0
    assert sweep(shop, "2023-09-09T12:00") == 1


def test_a_birthday_that_is_moved_across_the_turn_of_the_year_does_not_pay_twice(shop):
    born(shop, "bob", "1990-12-30")
    sweep(shop, "2022-12-30T12:00")
    born(shop, "bob", "1990-01-03", told="2022-12-31")
    assert sweep(shop, "2023-01-03T12:00") == 0


def test_a_birthday_can_be_put_right_once_a_year(shop):
    born(shop, "bob", "1990-05-03", told="2022-01-01")
    born(shop, "bob", "1990-05-04", told="2022-01-02")
    born(shop, "bob", "1990-05-04", told="2022-01-03")
    with pytest.raises(BirthdayConflict):
        born(shop, "bob", "1990-05-05", told="2023-01-01T23:59")
    assert shop.customer("bob").birthday == date(1990, 5, 4)
    born(shop, "bob", "1990-05-05", told="2023-01-02")
    assert shop.customer("bob").birthday == date(1990, 5, 5)


def test_a_zone_that_changes_on_the_day_changes_nothing(shop):
    born(shop, "bob", "1990-05-03")
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Kiritimati"):
        Merchant.objects.update(time_zone=zone)
        for at in ("2022-05-02T10:00", "2022-05-03T10:00", "2022-05-04T09:00"):
            sweep(shop, at)
    assert shop.points("bob") == 100


def test_a_sweep_that_dies_half_way_has_recorded_nothing_and_the_next_does_it_all(shop):
    born(shop, "bob", "1990-05-03")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE rewards_evaluation ADD CONSTRAINT dies CHECK (subject_type <> 'activity') NOT VALID"
        )
        with pytest.raises(IntegrityError):
            sweep(shop, "2022-05-03T12:00")
        cursor.execute("ALTER TABLE rewards_evaluation DROP CONSTRAINT dies")
    assert not Activity.objects.filter(kind="birthday").exists()
    assert sweep(shop, "2022-05-03T12:00") == 1


def test_a_sweep_takes_as_many_as_it_is_told_and_the_next_the_rest(shop):
    for number in range(5):
        born(shop, f"customer-{number}", "1990-05-03")
    assert [sweep(shop, "2022-05-03T12:00", limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_year_later_the_points_come_again_and_not_a_day_earlier(shop):
    born(shop, "bob", "1990-05-03")
    now = moment("2022-05-01T12:00")
    while now < moment("2023-05-08T12:00"):
        sweep(shop, now.replace(tzinfo=None).isoformat())
        now += 3 * DAY
    assert (shop.points("bob"), days()) == (200, ["2022-05-02", "2023-05-02"])
