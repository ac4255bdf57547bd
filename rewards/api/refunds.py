"""Refunds: a whole purchase was paid back."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, Moment, Money, check_moment, read_struct
from config.lib.errors import NotFound
from config.lib.idempotency import idempotency_key
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.refunds import Refund
from referrals.selectors import as_uuid, get_purchase
from rewards.api.shapes import ACCEPTED, REFUND
from rewards.selectors import refund_status
from rewards.services.refunds import accept_refund
from rewards.tasks import nudge


class RefundBody(msgspec.Struct, frozen=True):
    """A refund of the whole purchase, as another system tells it."""

    refund_id: Identifier | None = None
    occurred_at: Moment | None = None
    amount: Annotated[Money | None, msgspec.Meta(description="If it is sent, it must be what was paid.")] = None


class RefundsView(APIView):
    """Refunds of one purchase."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="record_refund",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        request={"application/json": shape_of(RefundBody)},
        responses={202: ACCEPTED, 200: ACCEPTED, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, reference: str) -> Response:
        """Take back everything that a purchase caused, for everybody whom it concerned.

        `refund_id` in the body or the header `Idempotency-Key` names the refund: the same again gets 200 and the
        same body.
        """
        body = read_struct(request.data, RefundBody)
        now = timezone.now()
        occurred_at: datetime = body.occurred_at or now
        check_moment(occurred_at, "/occurred_at")
        merchant = request.auth.merchant
        accepted = accept_refund(
            merchant=merchant,
            purchase=get_purchase(merchant=merchant, reference=reference),
            refund_id=body.refund_id or idempotency_key(request),
            amount=body.amount,
            occurred_at=occurred_at,
            now=now,
        )
        if accepted.is_new:
            nudge()
        answer = {
            "id": str(accepted.uuid),
            "status": "pending",
            "status_url": reverse("refund", args=[accepted.uuid]),
        }
        return Response(answer, status=202 if accepted.is_new else 200)


class RefundView(APIView):
    """One refund, by our id."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="read_refund", responses={200: REFUND, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """Whether a refund has been worked out."""
        known = Refund.objects.filter(merchant=request.auth.merchant).select_related("purchase")
        uuid = as_uuid(reference)
        refund = known.filter(uuid=uuid).first() if uuid else None
        if refund is None:
            raise NotFound("There is no such refund.")
        return Response(
            {
                "id": str(refund.uuid),
                "refund_id": refund.refund_id,
                "order_id": refund.purchase.order_id,
                "amount": refund.amount,
                "occurred_at": refund.occurred_at,
                "status": refund_status(refund_id=refund.pk),
            }
        )
