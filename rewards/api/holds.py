"""Holds and gifts: points put aside for another system, and points given to another customer."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, Points, read_struct
from config.lib.errors import NotFound
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from credits.models.accounts import Account
from credits.models.holds import Hold, HoldState
from credits.services.reservations import PREFIX, capture_reserved, release_reserved, reserve_points
from credits.services.transfers import transfer_points
from referrals.models.api_keys import Scope
from referrals.models.customers import Customer
from referrals.selectors import as_uuid, of_person
from rewards.api.calling import IDEMPOTENCY_KEY, Asking, asking, do_once
from rewards.api.shapes import GIFT, HOLD

SECONDS_MAX = 86_400


class HoldBody(msgspec.Struct, frozen=True):
    """How many points are put aside, for what, and for how many seconds."""

    points: Points
    reference: Identifier
    expires_in: Annotated[int, msgspec.Meta(ge=1, le=SECONDS_MAX, description="Seconds.")] = 900


class CaptureBody(msgspec.Struct, frozen=True):
    """How many of the points are taken (all, if it is not said), and for what, if not for what they were held."""

    points: Points | None = None
    reference: Identifier | None = None


class ReleaseBody(msgspec.Struct, frozen=True):
    """Nothing needs to be said to free what is held."""


class GiftBody(msgspec.Struct, frozen=True):
    """Who receives how many points."""

    to: Identifier
    points: Points


class HoldsView(APIView):
    """Holds on one customer's points."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="hold_points",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(HoldBody)},
        responses={201: HOLD, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Put points aside: nobody else can spend them until they are captured or released, or the time is over.

        `reference` names what for: the same again is the same hold.
        """
        body = read_struct(request.data, HoldBody)

        def hold(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(reference)
            held = reserve_points(
                terms=door.terms,
                customer_id=customer.pk,
                points=body.points,
                reference=body.reference,
                expires_at=door.now + timedelta(seconds=body.expires_in),
                actor=door.actor,
                now=door.now,
            )
            return 201, _shape(customer, held, door)

        return do_once(request, hold)


class HoldView(APIView):
    """One hold."""

    scope = Scope.POINTS

    @extend_schema(operation_id="read_hold", responses={200: HOLD, **problems(404, 409)})
    def get(self, request: ApiRequest, reference: str, hold: str) -> Response:
        """How a hold stands."""
        door = asking(request)
        customer = door.customer(reference)
        return Response(_shape(customer, _find(customer, hold), door))


class HoldCaptureView(APIView):
    """Taking what is held."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="capture_hold",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(CaptureBody)},
        responses={200: HOLD, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str, hold: str) -> HttpResponse:
        """Take the points that are held, or some of them; the others are free again."""
        body = read_struct(request.data, CaptureBody)

        def capture(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(reference)
            held = _find(customer, hold)
            captured = capture_reserved(
                terms=door.terms,
                customer_id=held.account.customer_id,
                hold=held,
                points=body.points,
                reference=body.reference or held.key.removeprefix(PREFIX),
                actor=door.actor,
                now=door.now,
            )
            return 200, _shape(customer, captured, door)

        return do_once(request, capture)


class HoldReleaseView(APIView):
    """Freeing what is held."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="release_hold",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(ReleaseBody)},
        responses={200: HOLD, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str, hold: str) -> HttpResponse:
        """Free the points that are held."""
        read_struct(request.data, ReleaseBody)

        def release(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(reference)
            held = _find(customer, hold)
            released = release_reserved(
                terms=door.terms, customer_id=held.account.customer_id, hold=held, actor=door.actor, now=door.now
            )
            return 200, _shape(customer, released, door)

        return do_once(request, release)


class GiftsView(APIView):
    """Gifts from one customer."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="give_points",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(GiftBody)},
        responses={201: GIFT, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Give points to another customer, who can spend them at once; they lapse when they would have lapsed."""
        body = read_struct(request.data, GiftBody)

        def give(door: Asking) -> tuple[int, dict[str, Any]]:
            giver, receiver = door.customers(reference, body.to)
            transfer_points(
                terms=door.terms,
                giver_id=giver.pk,
                receiver_id=receiver.pk,
                points=body.points,
                key=door.name,
                actor=door.actor,
                now=door.now,
            )
            return 201, {"from": giver.public_id, "to": receiver.public_id, "points": body.points}

        return do_once(request, give)


def _find(customer: Customer, reference: str) -> Hold:
    """A hold that another system placed, perhaps before two were merged; those of purchases are not to be seen here."""
    uuid = as_uuid(reference)
    holds = Hold.objects.filter(account__in=Account.objects.filter(of_person(customer.pk)), key__startswith=PREFIX)
    hold = holds.filter(uuid=uuid).select_related("account").first() if uuid else None
    if hold is None:
        raise NotFound("There is no such hold.")
    return hold


def _shape(customer: Customer, hold: Hold, door: Asking) -> dict[str, Any]:
    is_over = hold.state == HoldState.OPEN and hold.expires_at <= door.now
    return {
        "id": str(hold.uuid),
        "customer": customer.public_id,
        "reference": hold.key.removeprefix(PREFIX),
        "points": hold.points,
        "captured_points": hold.captured_points,
        "state": HoldState.LAPSED if is_over else hold.state,
        "expires_at": hold.expires_at,
        "created_at": hold.created_at,
        "ended_at": hold.expires_at if is_over else hold.ended_at,
    }
