"""A hundred times workers are killed or frozen, or Redis forgets, at random moments, while purchases stream in."""

import random
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from tests.concurrency.processes import (
    CeleryWorker,
    forget_all_messages,
    is_taking_time,
    slow_inserts,
    sweeping,
    wait_until,
)
from tests.concurrency.stream import Stream
from tests.concurrency.test_kills import assert_drained, assert_exactly_right

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
FAULTS = 100
SECONDS_MAX = 420
PURCHASES = 8000
PACE_SECONDS = 0.5


def test_100_faults_lose_nothing_and_double_nothing(shop, tmp_path, seed, capsys):
    forget_all_messages()
    stream, chance = Stream(shop, purchases=PURCHASES, seed=seed), random.Random(seed)
    faults, started = Counter(), time.monotonic()
    with sweeping(), ExitStack() as workers:
        worker = workers.enter_context(CeleryWorker("worker-0", tmp_path))
        with stream.flowing(pace=PACE_SECONDS), slow_inserts("credits_entry", 0.2):
            while faults.total() < FAULTS and time.monotonic() - started < SECONDS_MAX:
                assert wait_until(lambda worker=worker: is_taking_time(worker.name)), worker.log
                time.sleep(chance.random() * 0.3)
                inflict = chance.choice([kill, kill_children, kill_children, freeze, forget])
                faults[inflict.__name__] += 1
                name = f"worker-{faults.total()}"
                worker = inflict(worker, lambda name=name: workers.enter_context(CeleryWorker(name, tmp_path)))
        assert_drained(worker)
    assert_exactly_right(stream)
    with capsys.disabled():
        print(f"\nseed {seed}: {dict(faults)} in {time.monotonic() - started:.0f} s, {PURCHASES} purchases exact")
    assert faults.total() == FAULTS


def kill(worker, start):
    """The worker and its children die; another one takes over."""
    worker.kill()
    return start()


def kill_children(worker, start):
    """The children die; the worker gets new ones."""
    worker.kill_children()
    return worker


def forget(worker, start):
    """Redis forgets everything; nobody dies."""
    forget_all_messages()
    return worker


def freeze(worker, start):
    """The worker stands still until another one does its work, and then goes on as if nothing had happened."""
    worker.freeze()
    other = start()
    assert wait_until(lambda: is_taking_time(other.name)), other.log
    worker.thaw()
    time.sleep(0.5)
    worker.kill()
    return other
