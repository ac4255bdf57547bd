"""Does what workers do, when it is told to: a line asks, a line answers."""

import sys
import time

import django


def main():
    """Evaluate, make snapshots, or rest until Redis is back, until the input ends."""
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from config.lib.redis import away
    from rewards.services.checkout import refill_snapshots
    from rewards.services.evaluation.run import evaluate_due

    work = {
        "evaluate": lambda: evaluate_due(now=timezone.now()),
        "refill": lambda: refill_snapshots(now=timezone.now()),
        "rest": lambda: away.is_open and not time.sleep(0.01),
    }
    print("ready", flush=True)
    for line in sys.stdin:
        while work[line.strip()]():
            pass
        connection.close()
        print("done", flush=True)


if __name__ == "__main__":
    main()
