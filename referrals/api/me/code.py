"""The code that the signed-in customer shares."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.me import CustomerView
from config.lib.openapi import TEXT, object_of, problems
from referrals.services.codes import issue_code


class OwnCodeView(CustomerView):
    """One's own code."""

    @extend_schema(
        operation_id="issue_own_code", request=None, responses={200: object_of(code=TEXT, url=TEXT), **problems()}
    )
    def post(self, request: Request) -> Response:
        """Your code and its link; the code is made if there is none."""
        code = issue_code(customer=self.customer, now=self.now)
        url = request.build_absolute_uri(reverse("landing", args=[code]))
        return Response({"code": str(code), "url": url})
