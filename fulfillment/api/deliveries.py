"""What an endpoint was told: the log of its deliveries, trying again, and trying out."""

from typing import Any

import msgspec
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Moment, check_moment, read_struct
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from fulfillment.api.webhook_endpoints import MOMENT
from fulfillment.models.webhooks import Delivery, DeliveryState
from fulfillment.selectors.webhooks import deliveries_page, get_delivery, get_endpoint
from fulfillment.services.webhooks.endpoints import replay_delivery, replay_since, send_test
from referrals.models.api_keys import Scope

PAGE_SIZE = 50
PAGE_SIZE_MAX = 100
MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_ATTEMPT = object_of(at=MOMENT, status={**NUMBER, "description": "0: there was no answer."}, error=TEXT)
DELIVERY = object_of(
    id=TEXT,
    message_id=TEXT,
    type=TEXT,
    state={"enum": DeliveryState.values},
    attempts=NUMBER,
    next_attempt_at=MAYBE_MOMENT,
    log={"type": "array", "items": _ATTEMPT},
    created_at=MOMENT,
    ended_at=MAYBE_MOMENT,
)
DELIVERIES = object_of(deliveries={"type": "array", "items": DELIVERY}, next={"type": ["string", "null"]})
PAGE = (
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX}),
    OpenApiParameter("cursor", str, description="What `next` said in the page before."),
)


class ReplayBody(msgspec.Struct, frozen=True):
    """From when on everything is delivered again."""

    since: Moment


class DeliveriesView(APIView):
    """The deliveries to one endpoint."""

    scope = Scope.WEBHOOKS

    @extend_schema(
        operation_id="list_webhook_deliveries", parameters=[*PAGE], responses={200: DELIVERIES, **problems(400, 404)}
    )
    def get(self, request: ApiRequest, endpoint: str) -> Response:
        """What was or will be delivered, newest first, each with the log of its attempts."""
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        size = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        list_ = f"deliveries:{found.pk}"
        rows, next_ = deliveries_page(endpoint=found, before=read_cursor(request, of=list_), size=size)
        cursor = write_cursor(next_, of=list_) if next_ else None
        return Response({"deliveries": [_shape(each) for each in rows], "next": cursor})


class WebhookTestView(APIView):
    """Trying an endpoint out."""

    scope = Scope.WEBHOOKS

    @extend_schema(operation_id="test_webhook_endpoint", request=None, responses={202: DELIVERY, **problems(404, 409)})
    def post(self, request: ApiRequest, endpoint: str) -> Response:
        """Deliver an event of the type `webhook.test`; how it went is in the log."""
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        return Response(_shape(send_test(endpoint=found, now=timezone.now())), status=202)


class DeliveryReplayView(APIView):
    """Delivering one event again."""

    scope = Scope.WEBHOOKS

    @extend_schema(
        operation_id="replay_webhook_delivery", request=None, responses={202: DELIVERY, **problems(404, 409)}
    )
    def post(self, request: ApiRequest, endpoint: str, delivery: str) -> Response:
        """Deliver it again, whether it was delivered or given up, under the same `webhook-id`."""
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        wanted = get_delivery(endpoint=found, reference=delivery)
        replay_delivery(delivery=wanted, now=timezone.now())
        wanted.refresh_from_db()
        return Response(_shape(wanted), status=202)


class ReplayView(APIView):
    """Delivering everything again."""

    scope = Scope.WEBHOOKS

    @extend_schema(
        operation_id="replay_webhook_deliveries",
        request={"application/json": shape_of(ReplayBody)},
        responses={202: object_of(deliveries=NUMBER), **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, endpoint: str) -> Response:
        """Deliver all that happened since a moment, what was missed while the endpoint was disabled included."""
        body = read_struct(request.data, ReplayBody)
        check_moment(body.since, "/since")
        found = get_endpoint(merchant=request.auth.merchant, reference=endpoint)
        count = replay_since(endpoint=found, since=body.since, now=timezone.now())
        return Response({"deliveries": count}, status=202)


def _shape(delivery: Delivery) -> dict[str, Any]:
    is_pending = delivery.state == DeliveryState.PENDING
    return {
        "id": str(delivery.uuid),
        "message_id": str(delivery.message_id),
        "type": delivery.type,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.due_at if is_pending else None,
        "log": delivery.log,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
    }
