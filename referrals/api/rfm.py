"""RFM: how lately, how often and for how much a customer buys."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import NUMBER, TEXT, object_of, problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.rfm import RfmSegment
from referrals.selectors import find_rfm, get_customer

MAYBE_NUMBER = {"type": ["integer", "null"]}
SCORE = {"type": ["integer", "null"], "minimum": 1, "maximum": 5}
RFM = object_of(
    customer=TEXT,
    recency_days=MAYBE_NUMBER,
    frequency=NUMBER,
    monetary={**NUMBER, "description": "Minor units of the merchant's currency."},
    recency_score=SCORE,
    frequency_score=SCORE,
    monetary_score=SCORE,
    segment={"type": ["string", "null"], "enum": [*RfmSegment.values, None]},
    window_days=MAYBE_NUMBER,
    computed_at={"type": ["string", "null"], "format": "date-time"},
)
_NOTHING_BOUGHT: dict[str, Any] = dict.fromkeys(RFM["properties"]) | {"frequency": 0, "monetary": 0}


class RfmView(APIView):
    """One customer's RFM."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="read_rfm", responses={200: RFM, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """As it was computed last, every night; of who bought nothing within the window then, only zeroes."""
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        rfm = find_rfm(customer=customer)
        known = {name: getattr(rfm, name) for name in RFM["properties"].keys() - {"customer"}} if rfm else {}
        return Response({**_NOTHING_BOUGHT, **known, "customer": customer.public_id})
