"""When a campaign runs: half-open, in local time, once or again and again."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.engine.campaigns.windows import REPEATS, Window

at = datetime.fromisoformat
START = at("2026-01-31T18:00")
MOMENTS = st.datetimes(at("2026-01-01"), at("2032-01-01"))


def window(hours=48, repeat="", until=None):
    return Window(START, START + timedelta(hours=hours), repeat, until)


def begins(moment, **said):
    running = window(**said).round_at(at(moment))
    return running.key if running is not None else None


@pytest.mark.parametrize(
    ("moment", "round_"),
    [
        ("2026-01-31T17:59", None),
        ("2026-01-31T18:00", "2026-01-31T18:00"),
        ("2026-02-02T17:59", "2026-01-31T18:00"),
        ("2026-02-02T18:00", None),
    ],
)
def test_a_window_begins_at_its_first_minute_and_is_over_at_its_last(moment, round_):
    assert begins(moment) == round_


@pytest.mark.parametrize(
    ("repeat", "moment", "round_"),
    [
        ("monthly", "2026-02-28T18:00", "2026-02-28T18:00"),
        ("monthly", "2026-03-31T18:00", "2026-03-31T18:00"),
        ("monthly", "2028-02-29T18:00", "2028-02-29T18:00"),
        ("monthly", "2026-03-30T18:00", None),
        ("yearly", "2027-02-01T12:00", "2027-01-31T18:00"),
        ("weekly", "2026-02-08T12:00", "2026-02-07T18:00"),
        ("weekly", "2026-02-06T12:00", None),
    ],
)
def test_what_repeats_begins_on_the_same_day_or_on_the_last_of_a_short_month(repeat, moment, round_):
    assert begins(moment, repeat=repeat) == round_


def test_a_round_ends_where_the_next_begins_and_none_begins_after_the_end_of_all():
    assert begins("2026-02-28T17:59", repeat="monthly", hours=800) == "2026-01-31T18:00"
    assert begins("2026-02-28T18:00", repeat="monthly", hours=800) == "2026-02-28T18:00"
    assert begins("2026-02-28T18:00", repeat="monthly", until=at("2026-02-28T18:00")) is None


def test_a_window_without_bounds_is_always_open():
    assert Window().round_at(START).key == ""


@given(moment=MOMENTS, repeat=st.sampled_from(REPEATS), hours=st.integers(1, 2000))
def test_a_moment_lies_in_the_round_that_is_found_and_in_no_other(moment, repeat, hours):
    repeating = window(hours, repeat)
    running = repeating.round_at(moment)
    if running is not None:
        assert running.starts <= moment < running.ends
        assert repeating.round_at(running.starts) == running
        assert repeating.round_at(running.ends) != running
        assert repeating.upcoming(moment, 3)[0] == running
