"""Reading the outbox to its end, although others work on the same server."""

import time

from django.db.models import Max

from fulfillment.models import OutboxReader
from referrals.models import Event

PATIENCE_SECONDS = 20


def read_to_the_end(read, name):
    """Read until everything was read: events wait for each transaction of the server that began before them."""
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        while read():
            pass
        if OutboxReader.objects.filter(name=name, position__gte=last).exists():
            return
        time.sleep(0.02)
