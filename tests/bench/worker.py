"""One evaluation worker: says that it is ready, waits for the start signal, and works until nothing is left.

It runs what the Celery task runs, in a process prepared like Celery's. Everything that is done once a process
(imports, the connection, the compiled policies) is done before the signal.
"""

import resource
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402

from config.celery import leave_imports_to_rest  # noqa: E402
from referrals.models.merchants import Merchant  # noqa: E402
from rewards.services.evaluation.policies import policies_in_force  # noqa: E402
from rewards.services.evaluation.queue import pending_count  # noqa: E402
from rewards.services.evaluation.run import evaluate_due  # noqa: E402


def main() -> None:
    """Work off the queue once the signal has come, and print the seconds of CPU that it took."""
    for merchant in Merchant.objects.all():
        policies_in_force(merchant.pk, timezone.now())
    leave_imports_to_rest()
    print("ready", flush=True)
    sys.stdin.readline()
    before = _cpu_seconds()
    while (claimed := evaluate_due(now=timezone.now())) or pending_count():
        if not claimed:
            time.sleep(0.005)
    print(_cpu_seconds() - before, flush=True)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
