"""A worker process without Celery: told to work, it evaluates until nothing is pending.

It reads one line for each turn: the size of its batches. It answers "ready" at the beginning and "done", or what
went wrong, after each turn.
"""

import sys
import time

import django

TURN_SECONDS = 60


def work(size):
    """Evaluate until nothing is pending; anything that goes wrong is raised."""
    from django.utils import timezone

    from rewards.services.evaluation.queue import pending_count
    from rewards.services.evaluation.run import evaluate_due

    until = time.monotonic() + TURN_SECONDS
    while pending_count() and time.monotonic() < until:
        if not evaluate_due(now=timezone.now(), limit=size):
            time.sleep(0.005)


def main():
    """Take turns until the input ends."""
    django.setup()
    from django.db import connections

    print("ready", flush=True)
    for line in sys.stdin:
        try:
            work(int(line))
            answer = "done"
        except Exception as error:  # noqa: BLE001 (whatever it is, the test wants to know)
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        # Between turns no connection stays open, so that the test database can be emptied and dropped.
        connections.close_all()
        print(answer, flush=True)


if __name__ == "__main__":
    main()
