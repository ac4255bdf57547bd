"""Real processes on the test database: evaluators, and Celery workers that can be killed."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import psutil
import redis
from django.conf import settings
from django.db import connection
from kombu import Connection

from rewards.tasks import evaluate_pending

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
EVALUATOR = "evaluator"
# Redis databases of the workers that tests start: nobody else's nudges reach them, and emptying one hurts nobody.
FIRST_DATABASE = 10


def environment(**more):
    """The environment of a process that works on the database of this very test."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    ours = {"DATABASE_URL": address.geturl(), "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(PROJECT)}
    return {**os.environ, **ours, **more}


def wait_until(condition, seconds=PATIENCE_SECONDS):
    """Wait until a condition holds; what it said last."""
    until = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < until:
        time.sleep(0.01)
    return answer


class Evaluators:
    """Several evaluator processes, which take turns together."""

    def __init__(self, count):
        words = [sys.executable, "-m", "tests.concurrency.evaluator"]
        self.processes = [
            subprocess.Popen(
                words,
                cwd=PROJECT,
                env=environment(PGAPPNAME=EVALUATOR),
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _ in range(count)
        ]
        assert self._answers() == ["ready"] * count

    def work(self, *, size):
        """Evaluate what is pending in batches of a size, all at once, until nothing is left."""
        for process in self.processes:
            process.stdin.write(f"{size}\n")
            process.stdin.flush()
        answers = self._answers()
        assert answers == ["done"] * len(self.processes), answers

    def close(self):
        """End them."""
        for process in self.processes:
            process.communicate(timeout=PATIENCE_SECONDS)

    def _answers(self):
        return [process.stdout.readline().strip() for process in self.processes]


@dataclass
class CeleryWorker:
    """A Celery worker in a process group of its own, with Redis databases of its own.

    `name` is what its database connections are called; `options` are further words of its command.
    """

    name: str
    folder: Path
    options: tuple[str, ...] = ()
    process: subprocess.Popen = field(init=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def __post_init__(self):
        log = (self.folder / f"{self.name}.log").open("wb")
        words = "-m celery -A config worker --concurrency 2 --pool prefork --loglevel INFO --without-mingle"
        self.process = subprocess.Popen(
            [sys.executable, *words.split(), *self.options],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            env=environment(PGAPPNAME=self.name, REDIS_URL=redis_url(1), BROKER_URL=redis_url(0)),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()

    @property
    def log(self):
        """What it has said so far."""
        return (self.folder / f"{self.name}.log").read_text()

    def kill(self):
        """Kill it and all its children at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)

    def kill_children(self):
        """Kill the children that work, and leave the process that minds them."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def freeze(self):
        """Stop it where it is; PostgreSQL gives up its connections, as it does by itself after a while."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [self.name]
            )

    def thaw(self):
        """Let it go on, not knowing that time has passed."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def stop(self):
        """Ask it to finish what it is doing; its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)


def redis_url(number):
    """The address of one of the Redis databases of the workers of this test process."""
    index = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlsplit(settings.REDIS_URL)._replace(path=f"/{FIRST_DATABASE + 2 * index + number}").geturl()


def forget_all_messages():
    """Empty the workers' Redis, as FLUSHALL on a server of their own would."""
    for number in (0, 1):
        with redis.Redis.from_url(redis_url(number)) as client:
            client.flushdb()


def nudge_workers(*tasks):
    """Tell the workers that there is something to do; to evaluate, unless it is said what."""
    with Connection(redis_url(0)) as broker:
        for task in tasks or [evaluate_pending]:
            task.apply_async(connection=broker)


@contextmanager
def sweeping(*tasks):
    """While this lasts, workers are nudged every second, as beat does it less often."""
    over = Event()

    def sweep():
        while not over.wait(1):
            nudge_workers(*tasks)

    with ThreadPoolExecutor(1) as thread:
        sweeper = thread.submit(sweep)
        try:
            yield
        finally:
            over.set()
        sweeper.result()


@contextmanager
def slow_inserts(table, seconds):
    """While this lasts, each insert into a table takes its time, so that it can be met in the middle."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END';
            CREATE TRIGGER takes_time AFTER INSERT ON {table} EXECUTE FUNCTION take_time();
            """
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION take_time CASCADE")


def is_taking_time(name):
    """Whether a process is in the middle of a slow insert at this moment; `name` is what its connections are called."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND wait_event = 'PgSleep'",
            [name],
        )
        return cursor.fetchone()[0] > 0
