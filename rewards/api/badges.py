"""Badges."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.openapi import problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer
from rewards.api.shapes import BADGES
from rewards.api.statement import as_json
from rewards.selectors.badges import badges_of


class CustomerBadgesView(APIView):
    """Which badges one customer has."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_customer_badges", responses={200: BADGES, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """The badges that a customer has, the first first."""
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        return as_json({"customer": customer.public_id, "badges": badges_of(customer.pk)})
