"""Webhook endpoints: which systems of a merchant are told what."""

from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Text, read_struct
from config.lib.openapi import TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.outbound import URL_MAX
from config.lib.requests import ApiRequest
from fulfillment.models.webhooks import EndpointState, WebhookEndpoint
from fulfillment.selectors.event_types import EVENT_TYPES
from fulfillment.selectors.webhooks import endpoints_of, get_endpoint
from fulfillment.services.webhooks.endpoints import change_endpoint, create_endpoint, remove_endpoint, rotate_secret
from referrals.models.api_keys import Scope

Url = Annotated[str, Meta(min_length=1, max_length=URL_MAX, description="https, port 443, a public address.")]
EventName = Annotated[str, Meta(min_length=1, max_length=40)]
Events = Annotated[
    list[EventName],
    Meta(min_length=1, max_length=100, description=f"`*`, groups such as `points.*`, or: {', '.join(EVENT_TYPES)}."),
]

MOMENT = {"type": "string", "format": "date-time"}
_ENDPOINT = {
    "id": TEXT,
    "url": TEXT,
    "description": TEXT,
    "events": {"type": "array", "items": TEXT},
    "state": {"enum": [state.value for state in EndpointState if state != EndpointState.REMOVED]},
    "state_since": MOMENT,
    "failing_since": {"type": ["string", "null"], "format": "date-time"},
    "created_at": MOMENT,
}
ENDPOINT = object_of(**_ENDPOINT)
ENDPOINT_WITH_SECRET = object_of(**_ENDPOINT, secret=TEXT)
ENDPOINTS = object_of(endpoints={"type": "array", "items": ENDPOINT})


class EndpointBody(msgspec.Struct, frozen=True):
    """A system to be told."""

    url: Url
    events: Events = msgspec.field(default_factory=lambda: ["*"])
    description: Text = ""


class EndpointChange(msgspec.Struct, frozen=True):
    """What shall be different."""

    url: Url | None = None
    events: Events | None = None
    description: Text | None = None
    enabled: bool | None = None


class WebhookEndpointsView(APIView):
    """The endpoints of the key's merchant."""

    scope = Scope.WEBHOOKS

    @extend_schema(operation_id="list_webhook_endpoints", responses={200: ENDPOINTS, **problems()})
    def get(self, request: ApiRequest) -> Response:
        """All endpoints, oldest first; there are at most 50."""
        return Response({"endpoints": [_shape(each) for each in endpoints_of(merchant=request.auth.merchant)]})

    @extend_schema(
        operation_id="create_webhook_endpoint",
        request={"application/json": shape_of(EndpointBody)},
        responses={201: ENDPOINT_WITH_SECRET, **problems(*WITH_A_BODY, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Tell a system what happens from now on. The answer has the secret, for a library for Standard Webhooks."""
        body = read_struct(request.data, EndpointBody)
        made = create_endpoint(
            merchant=request.auth.merchant,
            url=body.url,
            events=body.events,
            description=body.description,
            now=timezone.now(),
        )
        return Response({**_shape(made), "secret": made.secret}, status=201)


class WebhookEndpointView(APIView):
    """One endpoint."""

    scope = Scope.WEBHOOKS

    @extend_schema(operation_id="read_webhook_endpoint", responses={200: ENDPOINT, **problems(404)})
    def get(self, request: ApiRequest, endpoint: str) -> Response:
        """How an endpoint stands; its secret is shown only when it is made."""
        return Response(_shape(get_endpoint(merchant=request.auth.merchant, reference=endpoint)))

    @extend_schema(
        operation_id="change_webhook_endpoint",
        request={"application/json": shape_of(EndpointChange)},
        responses={200: ENDPOINT, **problems(*WITH_A_BODY, 404)},
    )
    def patch(self, request: ApiRequest, endpoint: str) -> Response:
        """Change an endpoint, disable it, or enable it again: then what had waited is tried at once."""
        body = read_struct(request.data, EndpointChange)
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        changed = change_endpoint(
            endpoint=found,
            url=body.url,
            events=body.events,
            description=body.description,
            is_enabled=body.enabled,
            now=timezone.now(),
        )
        return Response(_shape(changed))

    @extend_schema(operation_id="remove_webhook_endpoint", responses={204: None, **problems(404)})
    def delete(self, request: ApiRequest, endpoint: str) -> HttpResponse:
        """Tell it nothing any more."""
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        remove_endpoint(endpoint=found, now=timezone.now())
        return HttpResponse(status=204)


class WebhookSecretView(APIView):
    """An endpoint's secret."""

    scope = Scope.WEBHOOKS

    @extend_schema(
        operation_id="rotate_webhook_secret", request=None, responses={200: ENDPOINT_WITH_SECRET, **problems(404)}
    )
    def post(self, request: ApiRequest, endpoint: str) -> Response:
        """Make a new secret. For a day the one before signs as well, so change yours within it."""
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        rotated = rotate_secret(endpoint=found, now=timezone.now())
        return Response({**_shape(rotated), "secret": rotated.secret})


def _shape(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"id": str(endpoint.uuid), **{name: getattr(endpoint, name) for name in _ENDPOINT if name != "id"}}
