"""Everything about a customer, for themselves."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.openapi import problems
from config.lib.requests import ApiRequest
from fulfillment.api.shapes import PERSON
from fulfillment.services.person_export import export_customer
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer
from rewards.api.statement import as_json


class PersonExportView(APIView):
    """All that is known of one customer."""

    scope = Scope.EXPORTS

    @extend_schema(operation_id="export_customer", responses={200: PERSON, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Who they are, what they did, what was decided for it, and what they have; nothing of anybody else.

        Each export is written down: by which key, of whom, and when.
        """
        key = request.auth
        customer = get_customer(merchant=key.merchant, reference=reference)
        told = export_customer(
            customer=customer, now=timezone.now(), reason="customer_request", actor=f"key:{key.prefix}"
        )
        return as_json(told)
