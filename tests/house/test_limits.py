"""How often something may be tried."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from config.lib.limits import Limit, LimitReached, NobodyCounts, take
from config.lib.redis import away
from referrals.services.limits import GUESSES, guessing

TEN = Limit("tests", tries=10, seconds=60)


@pytest.fixture(autouse=True)
def fresh(db):
    """Nothing was tried yet."""


def tried(limit, of="alice"):
    try:
        take(limit, of=of)
    except (LimitReached, NobodyCounts) as error:
        return error
    return None


def test_of_two_hundred_tries_at_once_no_more_than_the_limit_pass():
    start = Barrier(200)

    def one(_):
        start.wait(20)
        return tried(TEN)

    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(one, range(200)))
    assert 1 <= answers.count(None) <= 10
    assert all(1 <= error.retry_after_seconds <= 60 for error in answers if error)


def test_no_stretch_of_time_has_more_than_the_limit_and_each_try_counts_for_its_time_only():
    two_a_second = Limit("tests", tries=2, seconds=1)
    take(two_a_second, of="alice")
    time.sleep(0.6)
    take(two_a_second, of="alice")
    assert isinstance(tried(two_a_second), LimitReached)
    time.sleep(0.5)
    assert tried(two_a_second) is None
    assert isinstance(tried(two_a_second), LimitReached)


def test_others_are_counted_for_themselves_and_what_is_given_back_does_not_count():
    for _ in range(20):
        take(TEN, of="alice").give_back()
    for _ in range(10):
        take(TEN, of="alice")
    assert isinstance(tried(TEN), LimitReached)
    assert tried(TEN, of="bob") is None


def test_only_codes_that_are_none_count_as_guesses():
    for _ in range(50):
        with guessing("198.51.100.7"):
            pass
    for _ in range(GUESSES[0].tries):
        with pytest.raises(LookupError), guessing("198.51.100.7"):
            raise LookupError
    with pytest.raises(LimitReached), guessing("198.51.100.7"):
        pass


def test_whoever_types_codes_that_they_cannot_use_guesses():
    for _ in range(GUESSES[0].tries):
        with guessing("198.51.100.7") as guess:
            guess.is_wrong = True
    with pytest.raises(LimitReached), guessing("198.51.100.7"):
        pass


def test_without_redis_nobody_is_let_through(monkeypatch):
    monkeypatch.setattr(away, "is_open", True)
    assert isinstance(tried(TEN), NobodyCounts)
