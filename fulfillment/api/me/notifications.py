"""What the signed-in customer was told, how they wish to be told, and by which apps and browsers they can be woken."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.bodies import read_struct
from config.lib.me import CustomerView
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from fulfillment.api.deliveries import PAGE, PAGE_SIZE, PAGE_SIZE_MAX
from fulfillment.api.notifications import (
    NOTIFICATIONS,
    PREFERENCES,
    PreferencesBody,
    PushBody,
    ReadBody,
    keep_preferences,
    preferences_shape,
    subscribe,
)
from fulfillment.selectors.inbox import inbox_page, preferences_of, unread_count
from fulfillment.services.notifications.browsers import unsubscribe_push
from fulfillment.services.notifications.inbox import mark_read

OWN_NOTIFICATIONS = object_of(
    **{name: shape for name, shape in NOTIFICATIONS["properties"].items() if name != "customer"}
)
OWN_PREFERENCES = object_of(**{name: shape for name, shape in PREFERENCES["properties"].items() if name != "customer"})


class OwnNotificationsView(CustomerView):
    """One's own notifications."""

    @extend_schema(
        operation_id="list_own_notifications",
        parameters=[*PAGE],
        responses={200: OWN_NOTIFICATIONS, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """What you were told, newest first, in the language that you accept, and how much of it you have not read."""
        list_ = f"own notifications {self.customer.pk}"
        size = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        before = read_cursor(request, of=list_)
        shown, next_ = inbox_page(customer=self.customer, before=before, size=size, language=get_language() or "")
        return Response(
            {
                "unread": unread_count(customer=self.customer),
                "notifications": shown,
                "next": write_cursor(next_, of=list_) if next_ else None,
            }
        )


class OwnNotificationsReadView(CustomerView):
    """Having read them."""

    @extend_schema(
        operation_id="mark_own_notifications_read",
        request={"application/json": shape_of(ReadBody)},
        responses={200: object_of(unread=NUMBER), **problems(*WITH_A_BODY)},
    )
    def post(self, request: Request) -> Response:
        """Say what you have read: those that are named, or all."""
        body = read_struct(request.data, ReadBody)
        mark_read(customer=self.customer, uuids=body.ids, now=self.now)
        return Response({"unread": unread_count(customer=self.customer)})


class OwnPreferencesView(CustomerView):
    """How one wishes to be told."""

    @extend_schema(operation_id="read_own_preferences", responses={200: OWN_PREFERENCES, **problems()})
    def get(self, request: Request) -> Response:
        """By which channels of each topic, in which language, and at which hours not."""
        return Response(preferences_shape(preferences_of(self.customer)))

    @extend_schema(
        operation_id="choose_own_preferences",
        request={"application/json": shape_of(PreferencesBody)},
        responses={200: OWN_PREFERENCES, **problems(*WITH_A_BODY)},
    )
    def put(self, request: Request) -> Response:
        """Replace them. An SMS is sent only for topics that name `sms`."""
        body = read_struct(request.data, PreferencesBody)
        return Response(preferences_shape(keep_preferences(self.customer, body)))


class OwnPushSubscriptionsView(CustomerView):
    """The apps and browsers by which one can be woken."""

    @extend_schema(
        operation_id="register_own_push",
        request={"application/json": shape_of(PushBody)},
        responses={201: object_of(id=TEXT), **problems(*WITH_A_BODY)},
    )
    def post(self, request: Request) -> Response:
        """Let this app be woken; the same again changes its keys. The newest twenty are kept."""
        body = read_struct(request.data, PushBody)
        return Response({"id": str(subscribe(self.customer, body, self.now).uuid)}, status=201)


class OwnPushSubscriptionView(CustomerView):
    """One of them."""

    @extend_schema(operation_id="remove_own_push", responses={204: None, **problems(404)})
    def delete(self, request: Request, subscription: UUID) -> HttpResponse:
        """Let it be woken no more."""
        unsubscribe_push(customer=self.customer, uuid=subscription)
        return HttpResponse(status=204)
