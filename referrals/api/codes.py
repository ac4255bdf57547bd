"""Referral codes."""

import msgspec
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, read_struct
from config.lib.openapi import TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer
from referrals.services.codes import issue_code


class CodeBody(msgspec.Struct, frozen=True):
    """For whom a code is wanted: the merchant's id of the customer, or ours."""

    customer: Identifier


class ReferralCodesView(APIView):
    """Codes that customers share."""

    scope = Scope.REFERRALS

    @extend_schema(
        operation_id="issue_referral_code",
        request={"application/json": shape_of(CodeBody)},
        responses={201: object_of(code=TEXT, url=TEXT), **problems(*WITH_A_BODY, 404)},
    )
    def post(self, request: ApiRequest) -> Response:
        """The customer's code and the link to share; the same customer gets the same code."""
        body = read_struct(request.data, CodeBody)
        customer = get_customer(merchant=request.auth.merchant, reference=body.customer)
        code = issue_code(customer=customer, now=timezone.now())
        url = request.build_absolute_uri(reverse("landing", args=[code.code]))
        return Response({"code": code.code, "url": url}, status=201)
