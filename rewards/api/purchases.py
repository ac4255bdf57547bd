"""Purchases: the main door of the product."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.errors import Invalid
from config.lib.openapi import WITH_A_BODY, problems
from config.lib.problems import problem_body
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.merchants import Merchant
from referrals.selectors import get_purchase
from rewards.api.shapes import ACCEPTED, PURCHASE, PURCHASES_ACCEPTED, PURCHASES_BODY
from rewards.selectors import explain_purchase, payment_status, sale_of, settled_refunds
from rewards.services.intake import EVENT_CONFLICT, Outcome, accept_purchases
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event
from rewards.tasks import nudge

SOURCE = "api"
LIST_MAX = 1_000
CONFLICTS = {
    EVENT_CONFLICT: "This event_id is known, with other content. The first delivery stands.",
    "order_conflict": "This order_id is known, with another customer or total. The first delivery stands.",
}


class PurchasesView(APIView):
    """Purchase events come in here: one, or a list of up to 1,000."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="record_purchases",
        request={"application/json": PURCHASES_BODY},
        responses={202: PURCHASES_ACCEPTED, 200: ACCEPTED, **problems(*WITH_A_BODY, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Record purchases. 202 means durably recorded; the points follow within moments.

        The same event again gets 200 and the same body; other content under a known id gets 409. A list gets 202
        and one result an item, in order: a wrong item does not stop the others.
        """
        if isinstance(request.data, list):
            return self._record_list(request, request.data)
        event = read_purchase_event(request.data, currency=request.auth.merchant.currency)
        (outcome,) = _accept(request.auth.merchant, [event])
        status, body = _answer(request, outcome)
        return Response(body, status=status, content_type=_content_type(status))

    def _record_list(self, request: ApiRequest, items: Sequence[Any]) -> Response:
        if not 0 < len(items) <= LIST_MAX:
            raise Invalid(f"Send 1 to {LIST_MAX} purchases at a time, not {len(items)}.")
        read = [_read(item, request.auth.merchant.currency) for item in items]
        outcomes = iter(_accept(request.auth.merchant, [event for event in read if isinstance(event, PurchaseEvent)]))
        answers = [_answer(request, next(outcomes) if isinstance(result, PurchaseEvent) else result) for result in read]
        return Response({"results": [{"http_status": status, **body} for status, body in answers]}, status=202)


class PurchaseView(APIView):
    """One purchase, by our id or the merchant's order id."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="read_purchase", responses={200: PURCHASE, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """What became of a purchase: its status, what was given for it and what not, each with a sentence."""
        merchant = request.auth.merchant
        purchase = get_purchase(merchant=merchant, reference=reference)
        explanation = explain_purchase(purchase)
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
                "status": explanation.status,
                "evaluated_at": explanation.evaluated_at,
                "decision": {"grants": explanation.grants, "refusals": explanation.refusals}
                if explanation.status == "evaluated"
                else None,
            }
        )


def _read(item: Any, currency: str) -> PurchaseEvent | Invalid:
    try:
        return read_purchase_event(item, currency=currency)
    except Invalid as error:
        return error


def _accept(merchant: Merchant, events: Sequence[PurchaseEvent]) -> list[Outcome]:
    if not events:
        return []
    outcomes = accept_purchases(merchant=merchant, source=SOURCE, events=events, now=timezone.now())
    if any(outcome.kind == "accepted" for outcome in outcomes):
        nudge()
    return outcomes


def _answer(request: ApiRequest, result: Outcome | Invalid) -> tuple[int, dict[str, Any]]:
    """The status and the body that one purchase gets, alone or within a list."""
    if isinstance(result, Invalid):
        return 400, problem_body(
            request._request, status=400, code=result.code, detail=result.detail, errors=result.errors
        )
    if result.kind == "conflict":
        return 409, problem_body(request._request, status=409, code=result.code, detail=CONFLICTS[result.code])
    body = {
        "id": str(result.purchase),
        "status": "pending",
        "status_url": reverse("purchase", args=[result.purchase]),
    }
    return (202 if result.kind == "accepted" else 200), body


def _content_type(status: int) -> str | None:
    return "application/problem+json" if status >= 400 else None
