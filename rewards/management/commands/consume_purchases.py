"""`manage.py consume_purchases`: take in the purchases that other systems publish on the bus, until SIGTERM."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from rewards.management.bus import LISTEN_SECONDS, PurchaseConsumer, bus


class Command(BaseCommand):
    requires_system_checks = ()  # They are for a release, and this starts again and again.
    help = (
        "Take in purchases from the bus (PURCHASES_BUS_URL) until SIGTERM or SIGINT. Several may run: each message is"
        " given to one of them, and to another if that one dies."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Consume; a batch that is under way when the signal comes is finished."""
        consumer = PurchaseConsumer(bus())

        def stop(_number: int, _frame: FrameType | None) -> None:
            consumer.should_stop = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        consumer.run(safety_interval=LISTEN_SECONDS)
