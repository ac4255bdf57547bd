"""P1: purchases fully evaluated per second, with one worker and with two, beside TPC-B.
P2: the same against the plain way, one purchase a transaction through the ORM."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.bench.databases import Server
from tests.bench.measuring import Measurement
from tests.bench.yardstick import Yardstick

CUSTOMERS = 6_000
PURCHASES = 30_000
PLAIN_PURCHASES = 1_500
TOLD = """
    SELECT (SELECT count(*) FROM rewards_evaluation WHERE state <> 'done'),
        (SELECT coalesce(sum(points), 0) FROM credits_entry),
        (SELECT coalesce(sum(available + pending + held - owed), 0) FROM credits_account),
        (SELECT count(*) FROM credits_entry) + (SELECT count(*) FROM credits_lot)
            + (SELECT count(*) FROM referrals_event) + (SELECT count(*) FROM credits_qualifyingamount)
            + (SELECT count(*) FROM rewards_evaluation)
            + (SELECT count(*) FROM credits_account) + (SELECT count(*) FROM rewards_counter)
"""


def seed(
    server: Server, name: str, *, customers: int = CUSTOMERS, purchases: int = PURCHASES
) -> tuple[str, dict[str, str]]:
    """A database full of purchases that wait, and an API key of each merchant."""
    url = server.create(name)
    words = [sys.executable, "-m", "tests.bench.seeding", str(customers), str(purchases)]
    done = subprocess.run(words, env=environment(url), capture_output=True, text=True, check=True, timeout=600)
    return url, json.loads(done.stdout)


def sign_in(database_url: str, merchant: str) -> str:
    """The session of a customer who brought many friends, and has signed in."""
    words = [sys.executable, "-m", "tests.bench.signing_in", merchant]
    done = subprocess.run(words, env=environment(database_url), capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def environment(database_url: str) -> dict[str, str]:
    """What a process needs to work on this database."""
    return {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "config.settings"}


@contextmanager
def waiting(words: list[str], url: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that have done everything but the work, and wait for a line on their standard input."""
    processes = [
        subprocess.Popen(words, env=environment(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        for process in processes:
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("A worker did not become ready.")
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def rate(words: list[str], url: str, workers: int, purchases: int) -> float:
    """Purchases a second, from the signal until the last worker has found nothing more to do."""
    with waiting(words, url, workers) as processes:
        begin = time.perf_counter()
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            if not process.stdout.readline():
                raise RuntimeError("A worker ended before its work did.")
        return purchases / (time.perf_counter() - begin)


def evaluation(server: Server, yardstick: Yardstick, rounds: int) -> list[Measurement]:
    """P1 and P2, the yardstick taken before each."""
    template, _ = seed(server, "evaluation")
    worker = [sys.executable, "-m", "tests.bench.worker"]
    plain = [sys.executable, "-m", "tests.bench.plain_orm", str(PLAIN_PURCHASES)]
    figures: dict[str, list[float]] = {"one": [], "two": [], "plain": [], "beside one": [], "beside two": []}
    written = ""
    for number in range(rounds):
        for name, workers in (("one", 1), ("two", 2)):
            url = server.create(f"evaluation_{name}_{number}", copy_of=template)
            figures[f"beside {name}"].append(yardstick.transactions_per_second())
            figures[name].append(rate(worker, url, workers, PURCHASES))
            written = _check(url)
        url = server.create(f"plain_{number}", copy_of=template)
        figures["plain"].append(rate(plain, url, 1, PLAIN_PURCHASES))
    unit = "purchases/s"
    return [
        Measurement("P1 evaluated, 1 worker", unit, figures["one"], "TPC-B", figures["beside one"], None),
        Measurement(
            "P1 evaluated, 2 workers", unit, figures["two"], "TPC-B", figures["beside two"], 2.0, remark=written
        ),
        Measurement("P2 evaluated, 1 worker", unit, figures["one"], "plain ORM", figures["plain"], 20.0),
    ]


def _check(url: str) -> str:
    with psycopg.connect(url) as connection:
        undone, posted, kept, rows = connection.execute(TOLD).fetchone()
    if undone or posted != kept:
        raise RuntimeError(f"{undone} evaluations are not done, and {posted} points posted are {kept} in the accounts.")
    return f"three programmes, {PURCHASES:,} purchases, {rows / PURCHASES:.1f} rows a purchase; sums agree"
