"""Consuming the bus: messages are taken in many at a time, and acknowledged when they are on record.

Delivery is at least once, and a purchase is recorded once; so nothing is lost and nothing doubled, whoever dies when.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone
from kombu import Connection, Consumer, Message, Producer, Queue
from kombu.mixins import ConsumerMixin

from config.lib.errors import DomainError
from referrals.services.refused import describe
from rewards.services.messages import CannotBeStored, accept_messages, refuse_message
from rewards.tasks import nudge

logger = logging.getLogger(__name__)

SOURCE = "bus"
BATCH_MAX = 100
LISTEN_SECONDS = 0.2
"""How long the bus is silent before what has come is taken in, though it is no full batch."""

AGAIN_SECONDS = (1, 2, 5)
"""How long to wait before PostgreSQL is tried again, when it is away."""


REDIS_OPTIONS = {
    # After so long a message is given to somebody else, if whoever has it died without a word.
    "visibility_timeout": settings.PURCHASES_BUS_REDELIVERY_SECONDS,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    # What is under way is noted apart from Celery's, which waits longer.
    "unacked_key": "purchases.unacked",
    "unacked_index_key": "purchases.unacked_index",
    "unacked_mutex_key": "purchases.unacked_mutex",
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
}


class PurchaseConsumer(ConsumerMixin):
    """Takes purchases in from the bus, until it is told to stop."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.queue = Queue(settings.PURCHASES_BUS_QUEUE, routing_key=settings.PURCHASES_BUS_QUEUE)
        self.waiting: list[Message] = []
        self.seen = 0

    def get_consumers(self, new: Callable[..., Consumer], channel: Any) -> list[Consumer]:
        """One consumer, which is given no more than a batch at a time."""
        return [new([self.queue], on_message=self.waiting.append, prefetch_count=BATCH_MAX)]

    def on_consume_ready(self, connection: Connection, channel: Any, consumers: Any, **options: Any) -> None:
        """Begin anew: what a lost connection had brought comes again."""
        self.waiting.clear()
        self.dead = Producer(channel)
        logger.info("Listening for purchases at %s: ready.", connection.as_uri())

    def on_iteration(self) -> None:
        """Take in what has come, once it is a batch or nothing more comes."""
        if self.waiting and (len(self.waiting) == self.seen or len(self.waiting) >= BATCH_MAX):
            self.take(self.waiting[:])
            self.waiting.clear()
        self.seen = len(self.waiting)

    def take(self, messages: Sequence[Message]) -> None:
        """Take messages in, and acknowledge them; while PostgreSQL is away they wait."""
        for attempt in range(2**31):
            try:
                refusals = _accept([_content(message) for message in messages])
                break
            except (OperationalError, InterfaceError) as error:
                logger.warning("PostgreSQL is away: %s", type(error).__name__)
                connection.close()
                if self.should_stop:
                    return
                time.sleep(AGAIN_SECONDS[min(attempt, len(AGAIN_SECONDS) - 1)])
        if None in refusals:
            nudge()
        for message, refusal in zip(messages, refusals, strict=True):
            if refusal is not None:
                self._bury(message, refusal)
            message.ack()

    def _bury(self, message: Message, refusal: DomainError) -> None:
        """Put a message where a person can find it, with the reason; only then is it acknowledged."""
        grave = Queue(f"{self.queue.name}.dead", routing_key=f"{self.queue.name}.dead")
        self.dead.publish(
            _content(message),
            routing_key=grave.name,
            declare=[grave],
            content_type="application/octet-stream",
            content_encoding="binary",
            headers=describe(refusal)._asdict(),
        )


def bus() -> Connection:
    """A connection to the bus, which is not opened yet."""
    url = settings.PURCHASES_BUS_URL
    return Connection(url, transport_options=REDIS_OPTIONS if url.startswith("redis") else {})


def _accept(contents: Sequence[bytes]) -> list[DomainError | None]:
    """Take messages in; if something about one of them fails, each by itself, so that it stops no other."""
    try:
        return accept_messages(messages=contents, source=SOURCE, now=timezone.now())
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if len(contents) > 1:
            return [refusal for content in contents for refusal in _accept([content])]
        logger.warning("A message cannot be stored: %s", type(error).__name__)
        refusal = CannotBeStored(f"The database refuses what this message says ({type(error).__name__}).")
        refuse_message(message=contents[0], error=refusal, source=SOURCE, now=timezone.now())
        return [refusal]


def _content(message: Message) -> bytes:
    body = message.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)
