"""What customers are told, for the pages and apps of other systems."""

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib import base64url
from config.lib.bodies import mistake, read_struct
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from fulfillment.api.deliveries import PAGE, PAGE_SIZE, PAGE_SIZE_MAX
from fulfillment.api.webhook_endpoints import MOMENT, Url
from fulfillment.models.notifications import ContactPreference, PushSubscription
from fulfillment.selectors.inbox import channels_of, inbox_page, preferences_of, unread_count
from fulfillment.services.notifications.browsers import subscribe_push
from fulfillment.services.notifications.inbox import choose_contact, mark_read
from referrals.models.api_keys import Scope
from referrals.models.customers import Customer
from referrals.selectors import get_customer

CHOICES_MAX = 20
Name = Annotated[str, Meta(max_length=64)]
Key = Annotated[str, Meta(max_length=120, description="base64url, as the browser gives it.")]
NOTIFICATION = object_of(
    id=TEXT, kind=TEXT, title=TEXT, text=TEXT, created_at=MOMENT, read_at={"type": ["string", "null"]}
)
NOTIFICATIONS = object_of(
    customer=TEXT,
    unread=NUMBER,
    notifications={"type": "array", "items": NOTIFICATION},
    next={"type": ["string", "null"]},
)
MAYBE_TIME = {"type": ["string", "null"], "format": "time"}
PREFERENCES = object_of(
    customer=TEXT,
    channels={"type": "object"},
    language=TEXT,
    time_zone=TEXT,
    quiet_from=MAYBE_TIME,
    quiet_until=MAYBE_TIME,
)


class ReadBody(msgspec.Struct, frozen=True):
    """What was read: these, or everything if it is null."""

    ids: Annotated[list[UUID], Meta(max_length=100)] | None


class PreferencesBody(msgspec.Struct, frozen=True):
    """How a customer wishes to be told; what is left out is as the merchant has it."""

    channels: Annotated[
        dict[Name, Annotated[list[Name], Meta(max_length=CHOICES_MAX)]], Meta(max_length=CHOICES_MAX)
    ] = {}
    language: Name = ""
    time_zone: Name = ""
    quiet_from: time | None = None
    quiet_until: time | None = None


class PushKeys(msgspec.Struct, frozen=True):
    """The keys of a browser's subscription."""

    p256dh: Key
    auth: Key


class PushBody(msgspec.Struct, frozen=True):
    """A browser's subscription, as it gives it."""

    endpoint: Url
    keys: PushKeys


class NotificationsView(APIView):
    """One customer's notifications."""

    scope = Scope.NOTIFICATIONS

    @extend_schema(
        operation_id="list_notifications", parameters=[*PAGE], responses={200: NOTIFICATIONS, **problems(400, 404)}
    )
    def get(self, request: ApiRequest, reference: str) -> Response:
        """What a customer was told, newest first, in their language, and how much of it they have not read."""
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        size = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        list_ = f"notifications:{customer.pk}"
        shown, next_ = inbox_page(customer=customer, before=read_cursor(request, of=list_), size=size)
        answer = {"customer": customer.public_id, "unread": unread_count(customer=customer), "notifications": shown}
        return Response({**answer, "next": write_cursor(next_, of=list_) if next_ else None})


class NotificationsReadView(APIView):
    """Having read them."""

    scope = Scope.NOTIFICATIONS

    @extend_schema(
        operation_id="read_notifications",
        request={"application/json": shape_of(ReadBody)},
        responses={200: object_of(customer=TEXT, unread=NUMBER), **problems(*WITH_A_BODY, 404)},
    )
    def post(self, request: ApiRequest, reference: str) -> Response:
        """Note what a customer has read: those that are named, or all."""
        body = read_struct(request.data, ReadBody)
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        mark_read(customer=customer, uuids=body.ids, now=timezone.now())
        return Response({"customer": customer.public_id, "unread": unread_count(customer=customer)})


class ContactPreferencesView(APIView):
    """How one customer wishes to be told."""

    scope = Scope.NOTIFICATIONS

    @extend_schema(operation_id="read_contact_preferences", responses={200: PREFERENCES, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """By which channels of each topic, in which language, and at which hours not."""
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        return Response({"customer": customer.public_id, **preferences_shape(preferences_of(customer))})

    @extend_schema(
        operation_id="choose_contact_preferences",
        request={"application/json": shape_of(PreferencesBody)},
        responses={200: PREFERENCES, **problems(*WITH_A_BODY, 404)},
    )
    def put(self, request: ApiRequest, reference: str) -> Response:
        """Replace them. An SMS is sent only for topics that name `sms`."""
        body = read_struct(request.data, PreferencesBody)
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        return Response({"customer": customer.public_id, **preferences_shape(keep_preferences(customer, body))})


class PushSubscriptionsView(APIView):
    """The browsers of one customer."""

    scope = Scope.NOTIFICATIONS

    @extend_schema(
        operation_id="subscribe_push",
        request={"application/json": shape_of(PushBody)},
        responses={204: None, **problems(*WITH_A_BODY, 404)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Let a browser be woken; the same again changes its keys."""
        body = read_struct(request.data, PushBody)
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        subscribe(customer, body, timezone.now())
        return HttpResponse(status=204)


def keep_preferences(customer: Customer, body: PreferencesBody) -> ContactPreference:
    """Keep how a customer wishes to be told.

    :raises Invalid: if it cannot be read.
    """
    if (body.quiet_from is None) != (body.quiet_until is None):
        raise mistake("The preferences have a mistake.", "/quiet_until", "incomplete", "Quiet hours have two ends")
    return choose_contact(
        customer=customer,
        channels=body.channels,
        language=body.language,
        time_zone=body.time_zone,
        quiet=None if body.quiet_from is None or body.quiet_until is None else (body.quiet_from, body.quiet_until),
    )


def subscribe(customer: Customer, body: PushBody, now: datetime) -> PushSubscription:
    """Let a browser, or an app, of a customer be woken.

    :raises Invalid: if its address may not be posted to, or its keys are none.
    """
    keys = body.keys
    return subscribe_push(
        reader=customer, endpoint=body.endpoint, p256dh=_bytes(keys.p256dh), auth=_bytes(keys.auth), now=now
    )


def _bytes(text: str) -> bytes:
    try:
        return base64url.decode(text)
    except ValueError:
        return b""


def preferences_shape(preference: ContactPreference) -> dict[str, Any]:
    """How a customer wishes to be told, as it is answered."""
    return {
        "channels": channels_of(preference),
        "language": preference.language,
        "time_zone": preference.time_zone,
        "quiet_from": preference.quiet_from,
        "quiet_until": preference.quiet_until,
    }
