"""The systems that merchants want told: making, changing, testing and removing them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from config.lib.errors import DomainError, Invalid, NotFound
from config.lib.ids import uuid7
from config.lib.outbound import is_postable
from fulfillment.models.outbox import OutboxReader
from fulfillment.models.webhooks import Delivery, DeliveryState, EndpointState, WebhookEndpoint
from fulfillment.selectors.event_types import TEST, unknown_events
from fulfillment.services.webhooks.fan_out import READER, deliver_again_since
from fulfillment.services.webhooks.signing import new_secret
from referrals.models.merchants import Merchant

ENDPOINTS_MAX = 50
BOTH_SECRETS = timedelta(days=1)
"""How long the secret before signs beside the new one."""


class TooManyEndpoints(DomainError):
    """A merchant has at most 50 endpoints; remove one."""

    code = "too_many_endpoints"


class EndpointDisabled(DomainError):
    """The endpoint is disabled, so nothing is sent to it; enable it first."""

    code = "endpoint_disabled"


def create_endpoint(
    *, merchant: Merchant, url: str, events: Collection[str], description: str, now: datetime
) -> WebhookEndpoint:
    """Make an endpoint that is told of what happens from now on.

    :param events: types, groups such as `points.*`, or `*`.
    :raises Invalid: if the URL may not be posted to, or an event is unknown.
    :raises TooManyEndpoints: if the merchant has 50.
    """
    _check(url, events)
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
        if (
            WebhookEndpoint.objects.filter(merchant=merchant).exclude(state=EndpointState.REMOVED).count()
            >= ENDPOINTS_MAX
        ):
            raise TooManyEndpoints
        return WebhookEndpoint.objects.create(
            merchant=merchant,
            url=url,
            events=sorted(set(events)),
            description=description,
            secret=new_secret(),
            state_since=now,
            created_at=now,
        )


def change_endpoint(
    *,
    endpoint: WebhookEndpoint,
    url: str | None = None,
    events: Collection[str] | None = None,
    description: str | None = None,
    is_enabled: bool | None = None,
    now: datetime,
) -> WebhookEndpoint:
    """Change what is given. What waited while it was disabled is tried at once when it is enabled.

    :raises NotFound: if it was removed.
    :raises Invalid: if the URL may not be posted to, or an event is unknown.
    """
    with transaction.atomic():
        changed = _lock(endpoint)
        changed.url = changed.url if url is None else url
        changed.events = changed.events if events is None else sorted(set(events))
        changed.description = changed.description if description is None else description
        _check(changed.url, changed.events)
        if is_enabled is not None and is_enabled != (changed.state == EndpointState.ENABLED):
            changed.state, changed.state_since = _state(is_enabled=is_enabled), now
            changed.failing_since = None
        changed.save()
        if is_enabled:
            waiting = Delivery.objects.filter(endpoint=changed, state=DeliveryState.PENDING)
            waiting.update(due_at=now, attempts=0)
        return changed


def remove_endpoint(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Tell an endpoint nothing any more, and throw its secrets away; its log stays."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        state=EndpointState.REMOVED, state_since=now, secret="", previous_secret=""
    )


def rotate_secret(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookEndpoint:
    """Give an endpoint a new secret; for a day the one before signs as well.

    :raises NotFound: if it was removed.
    """
    with transaction.atomic():
        rotated = _lock(endpoint)
        rotated.previous_secret, rotated.previous_secret_until = rotated.secret, now + BOTH_SECRETS
        rotated.secret = new_secret()
        rotated.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
        return rotated


def send_test(*, endpoint: WebhookEndpoint, now: datetime) -> Delivery:
    """Queue an event that says nothing, to see whether it arrives.

    :raises EndpointDisabled: if nothing is sent to the endpoint.
    """
    _must_be_enabled(endpoint)
    return Delivery.objects.create(
        endpoint=endpoint, merchant=endpoint.merchant, message_id=uuid7(), type=TEST, due_at=now, created_at=now
    )


def replay_delivery(*, delivery: Delivery, now: datetime) -> None:
    """Try a delivery again from the beginning, delivered or not, under the same message id.

    :raises EndpointDisabled: if nothing is sent to its endpoint.
    """
    _must_be_enabled(delivery.endpoint)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PENDING, attempts=0, due_at=now, ended_at=None)


def replay_since(*, endpoint: WebhookEndpoint, since: datetime, now: datetime) -> int:
    """Deliver everything that happened since a moment again, what was missed while it was disabled included.

    :returns: how many deliveries there are.
    :raises EndpointDisabled: if nothing is sent to the endpoint.
    """
    _must_be_enabled(endpoint)
    reader = OutboxReader.objects.filter(name=READER).first()
    return deliver_again_since(
        endpoint_id=endpoint.pk,
        merchant_id=endpoint.merchant_id,
        since=since,
        upto_event=reader.position if reader else 0,
        now=now,
    )


def _lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """An endpoint as it is, until the transaction ends; one that was removed has no secret, and never comes back."""
    locked = WebhookEndpoint.objects.select_for_update().exclude(state=EndpointState.REMOVED).filter(pk=endpoint.pk)
    if (found := locked.first()) is None:
        raise NotFound("There is no such endpoint.")
    return found


def _state(*, is_enabled: bool) -> EndpointState:
    return EndpointState.ENABLED if is_enabled else EndpointState.DISABLED


def _must_be_enabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != EndpointState.ENABLED:
        raise EndpointDisabled


def _check(url: str, events: Collection[str]) -> None:
    if not is_postable(url):
        detail = "Must be https on port 443 of a public address, without a user or a fragment."
        raise Invalid("The URL cannot be used.", [{"pointer": "/url", "code": "not_postable", "detail": detail}])
    unknown = unknown_events(events)
    if unknown or not events:
        detail = f"Unknown: {', '.join(unknown)[:200]}." if unknown else "Select at least one."
        raise Invalid("The events cannot be used.", [{"pointer": "/events", "code": "unknown_event", "detail": detail}])
