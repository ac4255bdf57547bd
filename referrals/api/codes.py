"""Referral codes."""

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import read_struct
from config.lib.openapi import TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.services.code_requests import CodeRequest, give_code


class ReferralCodesView(APIView):
    """Codes that customers share."""

    scope = Scope.REFERRALS

    @extend_schema(
        operation_id="issue_referral_code",
        request={"application/json": shape_of(CodeRequest)},
        responses={201: object_of(code=TEXT, url=TEXT), **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """The customer's code and the link to share; the same customer gets the same code.

        A `code` that somebody chose becomes the main one, and the one before goes on working. With a window, a limit
        or a friend it is a further code. With `replace` the main code is retired, and another takes its place.
        """
        wanted = read_struct(request.data, CodeRequest)
        code = give_code(merchant=request.auth.merchant, request=wanted, now=timezone.now())
        url = request.build_absolute_uri(reverse("landing", args=[code]))
        return Response({"code": str(code), "url": url}, status=201)
