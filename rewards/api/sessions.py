"""Purchase sessions: a cart at a checkout gets its price for this customer, and keeps it until it is bought."""

from typing import Any, Literal

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, read_struct
from config.lib.errors import NotFound
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors import as_uuid
from rewards.api.calling import IDEMPOTENCY_KEY, Asking, asking, do_once
from rewards.api.shapes import QUOTE, SESSION
from rewards.models.sessions import PurchaseSession, SessionState
from rewards.selectors.sessions import codes_of, find_session
from rewards.services.sessions.carts import Cart, read_cart
from rewards.services.sessions.ending import cancel_session, complete_session
from rewards.services.sessions.holding import open_session, quote_cart
from rewards.tasks import nudge

NOT_SHOWN = ("bought", "option_ids", "granted")


class CompletionBody(msgspec.Struct, frozen=True):
    """Under which order id the cart was bought, and whether it is paid."""

    order_id: Identifier
    payment_status: Literal["paid", "pending"] = "paid"


class CancellationBody(msgspec.Struct, frozen=True):
    """Nothing needs to be said to give a cart up."""


class QuoteView(APIView):
    """The price of a cart, without holding anything."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="quote_cart",
        request={"application/json": shape_of(Cart)},
        responses={200: QUOTE, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """What a cart costs this customer now, line by line with the reasons, and what it will earn.

        Nothing is held and nothing promised: open a session for that.
        """
        cart = read_cart(request.data, currency=request.auth.merchant.currency)
        door = asking(request)
        return Response(quote_cart(terms=door.terms, customer=door.customer(cart.customer), cart=cart, now=door.now))


class SessionsView(APIView):
    """Opening a purchase session."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="open_purchase_session",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(Cart)},
        responses={201: SESSION, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Freeze the price of a cart, and hold the points, grants, coupons and stock that lower it.

        Until the session ends no other cart is promised the same. It ends by `complete`, by `cancel`, or by itself at
        `expires_at`.
        """
        cart = read_cart(request.data, currency=request.auth.merchant.currency)

        def hold(door: Asking) -> tuple[int, dict[str, Any]]:
            session = open_session(
                terms=door.terms, customer=door.customer(cart.customer), cart=cart, actor=door.actor, now=door.now
            )
            return 201, shape_of_session(session, door)

        return do_once(request, hold)


class SessionView(APIView):
    """One purchase session."""

    scope = Scope.POINTS

    @extend_schema(operation_id="read_purchase_session", responses={200: SESSION, **problems(404, 409)})
    def get(self, request: ApiRequest, session: str) -> Response:
        """How a session stands."""
        door = asking(request)
        return Response(shape_of_session(_find(door, session), door))


class SessionCompleteView(APIView):
    """Buying the cart of a session."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="complete_purchase_session",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(CompletionBody)},
        responses={200: SESSION, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, session: str) -> HttpResponse:
        """Take what is held, and record the purchase: what was paid for the goods in money.

        Nothing else needs to tell of this order; if something does, it must tell the same customer and total.
        """
        body = read_struct(request.data, CompletionBody)

        def complete(door: Asking) -> tuple[int, dict[str, Any]]:
            found = _find(door, session)
            door.customers(found.customer.public_id)
            completed = complete_session(
                terms=door.terms,
                session=found,
                order_id=body.order_id,
                payment_status=body.payment_status,
                actor=door.actor,
                now=door.now,
            )
            return 200, shape_of_session(completed, door)

        response = do_once(request, complete)
        nudge()
        return response


class SessionCancelView(APIView):
    """Giving a cart up."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="cancel_purchase_session",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(CancellationBody)},
        responses={200: SESSION, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, session: str) -> HttpResponse:
        """Free everything that the session holds."""
        read_struct(request.data, CancellationBody)

        def cancel(door: Asking) -> tuple[int, dict[str, Any]]:
            cancelled = cancel_session(terms=door.terms, session=_find(door, session), actor=door.actor, now=door.now)
            return 200, shape_of_session(cancelled, door)

        return do_once(request, cancel)


def _find(door: Asking, reference: str) -> PurchaseSession:
    session = find_session(merchant=door.merchant, uuid=as_uuid(reference))
    if session is None:
        raise NotFound("There is no such purchase session.")
    return session


def shape_of_session(session: PurchaseSession, door: Asking) -> dict[str, Any]:
    """A session as it is answered; one whose time is over has expired, swept up or not."""
    is_over = session.state == SessionState.OPEN and session.expires_at <= door.now
    return {
        "id": str(session.uuid),
        "customer": session.customer.public_id,
        "state": SessionState.EXPIRED if is_over else session.state,
        "expires_at": session.expires_at,
        "created_at": session.created_at,
        "ended_at": session.expires_at if is_over else session.ended_at,
        "points_held": session.points if session.state == SessionState.OPEN and not is_over else 0,
        "order_id": session.purchase.order_id if session.purchase else None,
        "purchase": str(session.purchase.uuid) if session.purchase else None,
        "codes": codes_of(session),
        **{key: value for key, value in session.quote.items() if key not in NOT_SHOWN},
    }
