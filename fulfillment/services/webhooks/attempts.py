"""The queue of deliveries: which may be tried now, and what becomes of one that was."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef

from fulfillment.models.webhooks import Delivery, DeliveryState, EndpointState, WebhookEndpoint
from fulfillment.selectors.occurrences import occurrences
from fulfillment.services.notifications.alarms import tell_of_disabled
from fulfillment.services.webhooks.schedule import next_attempt
from fulfillment.services.webhooks.signing import signed_headers

LEASE = timedelta(minutes=2)
FAILING_MAX = timedelta(hours=76)
GONE = 410


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that one worker tries now: where to post what."""

    delivery_id: int
    endpoint_id: int
    number: int
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    :param status: the HTTP status; 0: there was no answer, and `error` says why.
    """

    status: int = 0
    error: str = ""
    retry_after_seconds: int = 0

    @property
    def is_success(self) -> bool:
        """Any 2xx; a redirect is a failure."""
        return 200 <= self.status < 300


def endpoints_with_work(*, now: datetime) -> list[tuple[int, bool]]:
    """The endpoints to which something is due, those that waited longest first, and whether each is failing."""
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.PENDING, due_at__lte=now)
    found = WebhookEndpoint.objects.filter(Exists(due), state=EndpointState.ENABLED).order_by("failing_since", "pk")
    return [(pk, since is not None) for pk, since in found.values_list("pk", "failing_since")]


def claim_attempts(*, endpoint_id: int, limit: int, now: datetime) -> list[Attempt]:
    """Take what is due to an endpoint: of each subject only the first that is not yet delivered.

    Each is leased: it comes back by itself if nobody settles it.
    """
    earlier = Delivery.objects.filter(
        endpoint=OuterRef("endpoint"),
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        state=DeliveryState.PENDING,
        event__lt=OuterRef("event"),
    )
    with transaction.atomic():
        due = Delivery.objects.filter(endpoint=endpoint_id, state=DeliveryState.PENDING, due_at__lte=now)
        first = due.filter(~Exists(earlier)).select_for_update(skip_locked=True).order_by("due_at", "pk")
        claimed = list(first[:limit])
        Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(due_at=now + LEASE)
    return _attempts(claimed, now)


def settle_attempt(*, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """Write down what came of an attempt, and when there will be another; once, if two workers made the same."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=attempt.delivery_id)
        if delivery.state != DeliveryState.PENDING or delivery.attempts != attempt.number - 1:
            return
        again_at = None
        if not outcome.is_success and outcome.status != GONE:
            again_at = next_attempt(attempts=attempt.number, retry_after_seconds=outcome.retry_after_seconds, now=now)
        delivery.attempts = attempt.number
        delivery.log = [*delivery.log, {"at": now.isoformat(), "status": outcome.status, "error": outcome.error}]
        if again_at is None:
            delivery.state = DeliveryState.DELIVERED if outcome.is_success else DeliveryState.FAILED
            delivery.ended_at = now
        else:
            delivery.due_at = again_at
        delivery.save(update_fields=["attempts", "log", "state", "ended_at", "due_at"])
        _judge_endpoint(attempt.endpoint_id, outcome, now)


def _judge_endpoint(endpoint_id: int, outcome: Outcome, now: datetime) -> None:
    """What an outcome says of the endpoint: it works, it fails, it has failed for days, or it is gone."""
    enabled = WebhookEndpoint.objects.filter(pk=endpoint_id, state=EndpointState.ENABLED)
    if outcome.is_success:
        enabled.filter(failing_since__isnull=False).update(failing_since=None)
        return
    enabled.filter(failing_since__isnull=True).update(failing_since=now)
    over, state = enabled.filter(failing_since__lte=now - FAILING_MAX), EndpointState.FAILING
    if outcome.status == GONE:
        over, state = enabled, EndpointState.GONE
    if over.update(state=state, state_since=now):
        tell_of_disabled(endpoint=WebhookEndpoint.objects.get(pk=endpoint_id), now=now)


def _attempts(claimed: Collection[Delivery], now: datetime) -> list[Attempt]:
    """The attempts at these deliveries, with bodies from the facts as they are now, signed now."""
    with_events = Delivery.objects.select_related("endpoint", "event").filter(pk__in=[each.pk for each in claimed])
    deliveries = list(with_events.filter(endpoint__state=EndpointState.ENABLED).order_by("pk"))
    told = {each.event.pk: each for each in occurrences([each.event for each in deliveries if each.event])}
    attempts = []
    for delivery in deliveries:
        endpoint, event = delivery.endpoint, delivery.event
        message: dict[str, Any] = {"type": delivery.type, "timestamp": delivery.created_at, "data": {}}
        if event is not None:
            data = {**told[event.pk].data, "sequence": event.sequence}
            message |= {"timestamp": event.occurred_at, "data": data}
        body = msgspec.json.encode(message)
        headers = signed_headers(message_id=delivery.message_id, body=body, keys=_keys(endpoint, now), now=now)
        attempts.append(Attempt(delivery.pk, endpoint.pk, delivery.attempts + 1, endpoint.url, body, headers))
    return attempts


def _keys(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    until = endpoint.previous_secret_until
    return [endpoint.secret, endpoint.previous_secret] if until is not None and until > now else [endpoint.secret]
