"""Who has found a server away asks it no more, until it is back."""

import time

from config.lib.breaker import Breaker


def eventually(condition):
    until = time.monotonic() + 20
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def test_a_breaker_stays_open_until_its_probe_succeeds():
    answers = iter([ConnectionError, TimeoutError, None])
    asked = []

    def probe():
        asked.append(next(answers))
        if asked[-1] is not None:
            raise asked[-1]

    breaker = Breaker("The server", probe)
    assert not breaker.is_open
    breaker.open()
    assert breaker.is_open
    assert eventually(lambda: not breaker.is_open)
    assert asked == [ConnectionError, TimeoutError, None]


def test_a_server_that_was_only_slow_is_asked_again_at_once():
    breaker = Breaker("The server", lambda: None)
    breaker.open()
    breaker.open()
    assert eventually(lambda: not breaker.is_open)
