"""Purchases: the main door of the product."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import WITH_A_BODY, problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.merchants import Merchant
from referrals.selectors import get_purchase
from rewards.api.intake import SOURCE, IntakeView
from rewards.api.shapes import ACCEPTED, EVENTS_ACCEPTED, PURCHASE, PURCHASES_BODY
from rewards.models.evaluations import Trigger
from rewards.selectors.explanations import explain
from rewards.selectors.sales import payment_status, sale_of, settled_refunds
from rewards.services.intake import EVENT_CONFLICT, ORDER_CONFLICT, Outcome, accept_purchases
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event


class PurchasesView(IntakeView[PurchaseEvent]):
    """Purchase events come in here: one, or a list of up to 1,000."""

    scope = Scope.PURCHASES
    plural = "purchases"
    conflicts: ClassVar = {
        EVENT_CONFLICT: "This event_id is known, with other content. The first delivery stands.",
        ORDER_CONFLICT: "This order_id is known, with another customer or total. The first delivery stands.",
    }

    @extend_schema(
        operation_id="record_purchases",
        request={"application/json": PURCHASES_BODY},
        responses={202: EVENTS_ACCEPTED, 200: ACCEPTED, **problems(*WITH_A_BODY, 409)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Record purchases. 202 means durably recorded; the points follow within moments.

        The same event again gets 200 and the same body; other content under a known id gets 409. A list gets 202
        and one result an item, in order: a wrong item does not stop the others.
        """
        return self.take_in(request)

    def read(self, raw: Any, *, merchant: Merchant, now: datetime) -> PurchaseEvent:
        """Read one purchase event; the currency must be the merchant's."""
        return read_purchase_event(raw, currency=merchant.currency)

    def accept(self, events: Sequence[PurchaseEvent], *, merchant: Merchant, now: datetime) -> list[Outcome]:
        """Record purchases."""
        return accept_purchases(merchant=merchant, source=SOURCE, events=events, now=now)


class PurchaseView(APIView):
    """One purchase, by our id or the merchant's order id."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="read_purchase", responses={200: PURCHASE, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """What became of a purchase: its status, what was given for it and what not, each with a sentence."""
        merchant = request.auth.merchant
        purchase = get_purchase(merchant=merchant, reference=reference)
        sale = sale_of(purchase)
        returned = sale.returned(settled_refunds(purchase))
        return Response(
            {
                "id": str(purchase.uuid),
                "order_id": purchase.order_id,
                "customer": purchase.customer.public_id,
                "occurred_at": purchase.occurred_at,
                "currency": merchant.currency,
                "total": purchase.total,
                "payment_status": payment_status(purchase),
                "refunded": sale.is_whole(returned),
                "refunded_amount": returned.amount,
                **explain(trigger=Trigger.PURCHASE_COMPLETED, subject_id=purchase.pk).as_json(),
            }
        )
