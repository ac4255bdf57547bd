"""Payments: a purchase that was told before it was paid has been paid, or never will be."""

from datetime import datetime
from typing import Literal

import msgspec
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Moment, check_moment, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.payments import Settlement
from referrals.selectors import get_purchase
from rewards.api.shapes import PAYMENT
from rewards.services.payments import accept_payment
from rewards.tasks import nudge


class PaymentBody(msgspec.Struct, frozen=True):
    """How the payment of a purchase ended, as another system tells it."""

    status: Literal["paid", "voided"]
    occurred_at: Moment | None = None


class PaymentView(APIView):
    """The payment of one purchase."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="record_payment",
        request={"application/json": shape_of(PaymentBody)},
        responses={202: PAYMENT, 200: PAYMENT, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, reference: str) -> Response:
        """Say that a purchase is paid, so that its points can be spent; or that it never will be, so that they vanish.

        A purchase is settled once: the same again gets 200 and the same body, the contrary 409.
        """
        body = read_struct(request.data, PaymentBody)
        now = timezone.now()
        occurred_at: datetime = body.occurred_at or now
        check_moment(occurred_at, "/occurred_at")
        purchase = get_purchase(merchant=request.auth.merchant, reference=reference)
        accepted = accept_payment(
            purchase_id=purchase.pk, status=Settlement(body.status), occurred_at=occurred_at, now=now
        )
        if accepted.is_new:
            nudge()
        answer = {
            "id": str(purchase.uuid),
            "order_id": purchase.order_id,
            "payment_status": accepted.status,
            "status_url": reverse("purchase", args=[purchase.uuid]),
        }
        return Response(answer, status=202 if accepted.is_new else 200)
