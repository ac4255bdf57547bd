"""`manage.py drain`: work off what is pending, and say when nothing is left."""

import time
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from rewards.models.evaluations import Evaluation, EvaluationState
from rewards.services.evaluation.queue import pending_count
from rewards.services.evaluation.run import evaluate_due
from rewards.services.refunds import adopt_refunds

TIMEOUT_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1


class Command(BaseCommand):
    help = (
        "Evaluate all that is pending, beside any workers that run, and wait for what they hold or what is due later."
        " Prints one line of JSON; exits 1 if something is still pending when the time is over."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How long to try, and a flag that scripts may give."""
        parser.add_argument("--timeout", type=float, default=TIMEOUT_SECONDS, metavar="SECONDS")
        parser.add_argument("--json", action="store_true", help="the output is JSON with or without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drain, then print the outcome."""
        started = time.monotonic()
        pending = _drain(until=started + options["timeout"])
        outcome = {
            "drained": not pending,
            "pending": pending,
            "failed": Evaluation.objects.filter(state=EvaluationState.FAILED).count(),
            "seconds": round(time.monotonic() - started, 3),
        }
        self.stdout.write(msgspec.json.encode(outcome).decode())
        if pending:
            raise SystemExit(1)


def _drain(*, until: float) -> int:
    """Evaluate until nothing is pending or the time is over.

    :param until: a reading of the monotonic clock.
    :returns: how many work orders are still pending.
    """
    while True:
        claimed = adopt_refunds(now=timezone.now()) + evaluate_due(now=timezone.now())
        pending = 0 if claimed else pending_count()
        if not claimed and not pending:
            return 0
        left = until - time.monotonic()
        if left <= 0:
            return pending_count()
        if not claimed:
            time.sleep(min(LOOK_AGAIN_SECONDS, left))
