"""Celery workers die in the middle of their work, and the work is done all the same, once."""

import pytest

from rewards.models import Evaluation, EvaluationState
from tests.concurrency.processes import (
    CeleryWorker,
    forget_all_messages,
    is_taking_time,
    nudge_workers,
    slow_inserts,
    sweeping,
    wait_until,
)
from tests.concurrency.stream import Stream
from tests.concurrency.trade import evaluate_everything, pending

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 20261120
BATCH_SECONDS = 0.3
DRAINED_WITHIN_SECONDS = 60


@pytest.fixture(autouse=True)
def empty_broker():
    forget_all_messages()


def test_workers_killed_in_the_middle_of_a_batch_lose_nothing_and_double_nothing(shop, tmp_path):
    stream = Stream(shop, purchases=600, seed=SEED)
    with stream.flowing(), slow_inserts("credits_entry", BATCH_SECONDS):
        for number in range(3):
            with CeleryWorker(f"killed-{number}", tmp_path) as worker:
                assert wait_until(lambda worker=worker: is_taking_time(worker.name)), worker.log
                worker.kill()
    with CeleryWorker("fresh", tmp_path) as fresh, sweeping():
        assert_drained(fresh)
    assert_exactly_right(stream)


def test_children_killed_in_the_middle_of_a_batch_lose_nothing_and_double_nothing(shop, tmp_path):
    stream = Stream(shop, purchases=600, seed=SEED + 1)
    with CeleryWorker("bereft", tmp_path) as worker, sweeping():
        with stream.flowing(), slow_inserts("credits_entry", BATCH_SECONDS):
            for _ in range(3):
                assert wait_until(lambda: is_taking_time(worker.name)), worker.log
                worker.kill_children()
                assert wait_until(lambda: not is_taking_time(worker.name))
        assert_drained(worker)
    assert_exactly_right(stream)


def test_a_worker_that_is_asked_to_stop_finishes_its_batch(shop, tmp_path):
    stream = Stream(shop, purchases=100, seed=SEED + 2)
    stream.deliver()
    with slow_inserts("credits_entry", 0.1), CeleryWorker("stopped", tmp_path) as worker:
        assert wait_until(lambda: is_taking_time(worker.name)), worker.log
        assert worker.stop() == 0, worker.log
    assert Evaluation.objects.filter(state=EvaluationState.DONE).exists()
    evaluate_everything()
    assert_exactly_right(stream)


def test_when_redis_forgets_everything_the_sweep_still_finds_the_work(shop, tmp_path):
    stream = Stream(shop, purchases=100, seed=SEED + 3)
    stream.deliver()
    forget_all_messages()
    with CeleryWorker("swept", tmp_path, ("-B", "-s", str(tmp_path / "schedule"))) as worker:
        assert_drained(worker)
        shop.accept(shop.event("late", customer="late", total=500))
        nudge_workers()
        forget_all_messages()
        assert_drained(worker)
    assert shop.points("late") == 5
    assert_exactly_right(stream)


def assert_drained(worker):
    """Everything is evaluated in time."""
    assert wait_until(lambda: not pending(), DRAINED_WITHIN_SECONDS), worker.log


def assert_exactly_right(stream):
    """Everybody has the points that plain counting gives."""
    assert pending() == 0
    assert stream.found() == stream.expected()
    assert stream.shop.meals("alice") == stream.expected_meals()
