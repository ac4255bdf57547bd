"""What partners are owed."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.errors import NotFound
from config.lib.openapi import problems
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from rewards.api.shapes import SETTLEMENTS
from rewards.api.statement import CURSOR_PARAMETER, PAGE_SIZE, PAGE_SIZE_MAX, PAGE_SIZE_PARAMETER, as_json
from rewards.models.partners import Partner, Settlement


class SettlementsView(APIView):
    """One partner's settlements."""

    scope = Scope.EXPORTS

    @extend_schema(
        operation_id="read_settlements",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: SETTLEMENTS, **problems(400, 404)},
    )
    def get(self, request: ApiRequest, partner: str) -> HttpResponse:
        """What a partner was owed for each period that is closed, newest first, line by line."""
        found = Partner.objects.filter(merchant=request.auth.merchant, code=partner).first()
        if found is None:
            raise NotFound("There is no such partner.")
        size = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        list_ = f"settlements:{found.pk}"
        before = read_cursor(request, of=list_)
        settlements = Settlement.objects.filter(partner=found).order_by("-pk")
        rows = list((settlements.filter(pk__lt=before) if before is not None else settlements)[: size + 1])
        next_ = write_cursor(rows[size - 1].pk, of=list_) if len(rows) > size else None
        currency = request.auth.merchant.currency
        return as_json({"settlements": [_shape(each, found, currency) for each in rows[:size]], "next": next_})


def _shape(settlement: Settlement, partner: Partner, currency: str) -> dict[str, Any]:
    return {
        "id": str(settlement.uuid),
        "partner": partner.code,
        "starts_on": settlement.starts_on,
        "ends_on": settlement.ends_on,
        "currency": currency,
        "lines": settlement.lines,
        "amount": settlement.amount,
        "closed_at": settlement.closed_at,
    }
