"""Schedules are half-open, in the merchant's local time."""

from datetime import date, datetime

import pytest

from tests.rewards.engine.examples import facts, policy, reasons

SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)


def is_open(schedule, day, time):
    refused = reasons(facts(day=day, time=time), policy(schedule=schedule))
    assert refused in ([], ["not_scheduled"])
    return not refused


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        (date(2026, 10, 31), "23:59", False),
        (date(2026, 11, 1), "00:00", True),
        (date(2026, 11, 30), "17:59", True),
        (date(2026, 11, 30), "18:00", False),
    ],
)
def test_it_holds_from_the_first_minute_until_before_the_last(day, time, expected):
    schedule = {"from": "2026-11-01T00:00:00", "to": "2026-11-30T18:00"}
    assert is_open(schedule, day, time) is expected


@pytest.mark.parametrize(
    "start", ["2026-11-21", "2026-11-21T00:00", date(2026, 11, 21), datetime.fromisoformat("2026-11-21")]
)
def test_the_start_can_be_written_as_yaml_or_json_have_it(start):
    assert not is_open({"from": start}, date(2026, 11, 20), "23:59")
    assert is_open({"from": start}, date(2026, 11, 21), "00:00")


def test_it_can_have_no_end_or_no_start():
    assert is_open({"to": "2026-11-21"}, date(1999, 1, 1), "00:00")
    assert is_open({"from": "2026-11-21"}, date(2099, 1, 1), "00:00")


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 11, 20), False), (SATURDAY, True), (SUNDAY, True)])
def test_it_can_be_for_some_weekdays(day, expected):
    assert is_open({"weekdays": ["sat", "sun"]}, day, "12:00") is expected


@pytest.mark.parametrize(("time", "expected"), [("17:59", False), ("18:00", True), ("21:59", True), ("22:00", False)])
def test_it_can_be_for_some_hours(time, expected):
    assert is_open({"hours": ["18:00", "22:00"]}, SATURDAY, time) is expected


def test_the_last_minute_of_a_day_is_before_24_00():
    assert is_open({"hours": ["18:00", "24:00"]}, SATURDAY, "23:59")


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        (SATURDAY, "01:59", False),
        (SATURDAY, "22:00", True),
        (SUNDAY, "01:59", True),
        (SUNDAY, "02:00", False),
        (SUNDAY, "22:00", False),
    ],
)
def test_hours_past_midnight_belong_to_the_evening_on_which_they_began(day, time, expected):
    assert is_open({"weekdays": ["sat"], "hours": ["22:00", "02:00"]}, day, time) is expected
