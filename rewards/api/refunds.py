"""Refunds: a purchase was paid back, wholly or in part."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, Moment, Money, check_moment, mistake, read_struct
from config.lib.errors import NotFound
from config.lib.idempotency import idempotency_key
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.refunds import Refund
from referrals.selectors import as_uuid
from rewards.api.shapes import REFUND, REFUND_ACCEPTED
from rewards.engine.returns import Asked, AskedLine
from rewards.selectors.sales import refund_status
from rewards.services.purchase_events import LINES_MAX, QUANTITY_MAX
from rewards.services.refunds import RefundRefused, accept_refund
from rewards.tasks import nudge


class RefundLineBody(msgspec.Struct, frozen=True):
    """What was paid back of one line, which its `key` or its `index` (from 0) names.

    Without `quantity` and `amount` it is all that is left of the line.
    """

    key: Identifier | None = None
    index: Annotated[int, Meta(ge=0, lt=LINES_MAX)] | None = None
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] | None = None
    amount: Money | None = None


class RefundBody(msgspec.Struct, frozen=True):
    """A refund, as another system tells it: of an amount, of lines, or (with neither) of all that is left."""

    refund_id: Identifier | None = None
    occurred_at: Moment | None = None
    amount: Money | None = None
    lines: Annotated[tuple[RefundLineBody, ...], Meta(min_length=1, max_length=LINES_MAX)] | None = None


class RefundsView(APIView):
    """Refunds of one purchase."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="record_refund",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        request={"application/json": shape_of(RefundBody)},
        responses={202: REFUND_ACCEPTED, 200: REFUND_ACCEPTED, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, reference: str) -> Response:
        """Take back what a purchase, or a part of it, caused, for everybody whom it concerned.

        `refund_id` in the body or the header `Idempotency-Key` names the refund: the same again gets 200 and the
        same body. A refund may come before its purchase: it is parked until the purchase comes.
        """
        body = read_struct(request.data, RefundBody)
        now = timezone.now()
        occurred_at: datetime = body.occurred_at or now
        check_moment(occurred_at, "/occurred_at")
        accepted = accept_refund(
            merchant=request.auth.merchant,
            reference=reference,
            refund_id=body.refund_id or idempotency_key(request),
            asked=_asked(body),
            occurred_at=occurred_at,
            now=now,
        )
        if accepted.is_new:
            nudge()
        answer = {
            "id": str(accepted.uuid),
            "status": "parked" if accepted.came_early else "pending",
            "status_url": reverse("refund", args=[accepted.uuid]),
        }
        return Response(answer, status=202 if accepted.is_new else 200)


class RefundView(APIView):
    """One refund, by our id."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="read_refund", responses={200: REFUND, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """What a refund came to, and whether it has been worked out, waits for its purchase, or was refused."""
        known = Refund.objects.filter(merchant=request.auth.merchant).select_related("purchase")
        uuid = as_uuid(reference)
        refund = known.filter(uuid=uuid).first() if uuid else None
        if refund is None:
            raise NotFound("There is no such refund.")
        reason = RefundRefused.codes[refund.refusal]() if refund.refusal else None
        return Response(
            {
                "id": str(refund.uuid),
                "refund_id": refund.refund_id,
                "order_id": refund.purchase.order_id if refund.purchase else refund.order_id,
                "amount": refund.amount,
                "lines": [
                    {"index": part["line"], "amount": part["amount"], "quantity": part["quantity"]}
                    for part in refund.lines
                ],
                "occurred_at": refund.occurred_at,
                "status": refund_status(refund),
                "refusal": {"code": reason.code, "sentence": reason.detail} if reason else None,
            }
        )


def _asked(body: RefundBody) -> Asked:
    if body.lines is None:
        return Asked(amount=body.amount)
    if body.amount is not None:
        raise mistake("The body has a mistake.", "/amount", "not_allowed", "Either an amount or lines, not both")
    for place, line in enumerate(body.lines):
        if (line.key is None) == (line.index is None):
            raise mistake("The body has a mistake.", f"/lines/{place}", "invalid", "Needs a key or an index, not both")
    return Asked(lines=tuple(AskedLine(it.key or "", it.index, it.quantity, it.amount) for it in body.lines))
