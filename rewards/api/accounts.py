"""A customer's account: opened, corrected and closed by another system (requirement 000, Credits API)."""

from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import POINTS_MAX, Reason, mistake, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from credits.models.accounts import Account
from credits.selectors.accounts import balance_of, find_account
from credits.services.accounts import close_account, open_account
from credits.services.direct import adjust_points
from referrals.models.api_keys import Scope
from referrals.models.customers import Customer
from rewards.api.calling import IDEMPOTENCY_KEY, Asking, asking, do_once
from rewards.api.credits import credits_view
from rewards.api.shapes import ACCOUNT, ACCOUNT_CLOSED, ADJUSTED


class AccountBody(msgspec.Struct, frozen=True):
    """Nothing needs to be said to open an account."""


class AdjustmentBody(msgspec.Struct, frozen=True):
    """How many points are given, or taken (negative), and why."""

    points: Annotated[int, msgspec.Meta(ge=-POINTS_MAX, le=POINTS_MAX)]
    reason: Reason


class AccountView(APIView):
    """One customer's account, besides reading it."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="open_account",
        request={"application/json": shape_of(AccountBody)},
        responses={201: ACCOUNT, 200: ACCOUNT, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, reference: str) -> Response:
        """Open a customer's account, or open it again: 201. One that is open stays as it is: 200.

        It is not needed before points are earned: the first ones open an account by themselves.
        """
        read_struct(request.data, AccountBody)
        door = asking(request)
        customer = door.customer(reference)
        opened = open_account(terms=door.terms, customer_id=customer.pk, actor=door.actor, now=door.now)
        return Response(account_shape(customer, opened.account, door), status=201 if opened.is_new else 200)

    @extend_schema(operation_id="close_account", responses={200: ACCOUNT_CLOSED, **problems(404, 409)})
    def delete(self, request: ApiRequest, reference: str) -> Response:
        """Close a customer's account: open holds are released, the points that are left are forfeited.

        The statement stays, and so does a debt. What the customer earns later opens the account again. Once more
        changes nothing.
        """
        door = asking(request)
        customer = door.customer(reference)
        closed = close_account(terms=door.terms, customer_id=customer.pk, actor=door.actor, now=door.now)
        return Response({**account_shape(customer, closed.account, door), "forfeited": closed.forfeited})


class AdjustmentsView(APIView):
    """Corrections of one customer's points."""

    scope = Scope.ADJUSTMENTS

    @extend_schema(
        operation_id="adjust_points",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(AdjustmentBody)},
        responses={201: ADJUSTED, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Give points, or take them, because they were wrong. Beyond the wallet's limit only staff can."""
        body = read_struct(request.data, AdjustmentBody)
        if body.points == 0:
            raise mistake("The body has a mistake.", "/points", "invalid", "Must not be 0")

        def adjust(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(reference)
            entry = adjust_points(door.instruct(customer, body.points, remark=body.reason))
            account = find_account(wallet_id=door.terms.wallet_id, customer_id=customer.pk)
            shown = account_shape(customer, account, door)
            return 201, {**shown, "id": str(entry.uuid), "points": entry.points}

        return do_once(request, adjust)


def account_shape(customer: Customer, account: Account | None, door: Asking) -> dict[str, Any]:
    """A customer's account as other systems read it."""
    balance = balance_of(account, now=door.now)
    closed_at = account.closed_at if account is not None else None
    return {"customer": customer.public_id, **balance._asdict(), "closed_at": closed_at}


_account_view = AccountView.as_view()


@csrf_exempt
def account_or_credits(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Reading credits is a plain view, for its speed; what changes the account under the same address is not."""
    if request.method in {"POST", "DELETE"}:
        return _account_view(request, reference=reference)
    if request.method in {"GET", "HEAD"}:
        return credits_view(request, reference)
    return HttpResponseNotAllowed(["GET", "HEAD", "POST", "DELETE"])


# The API document is made from what views tell of themselves.
account_or_credits.cls = AccountView  # type: ignore[attr-defined]  # what the API document looks for
account_or_credits.initkwargs = {}  # type: ignore[attr-defined]  # the same
