"""Merchants: whether a key acts for one."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import object_of, problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors import is_merchant

VALIDATION = object_of(valid={"type": "boolean"})


class MerchantValidationView(APIView):
    """One merchant, by slug or id."""

    scope = Scope.REFERRALS

    @extend_schema(operation_id="validate_merchant", responses={200: VALIDATION, **problems()})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """Whether the key acts for this merchant; what other merchants there are is not told."""
        return Response({"valid": is_merchant(request.auth.merchant, reference)})
