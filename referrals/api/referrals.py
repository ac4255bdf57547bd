"""Referrals: how far they have come."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import object_of, problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.referrals import ReferralStatus
from referrals.selectors import as_uuid
from referrals.services.statuses import NoReferral, read_status

REFERRAL = object_of(
    id={"type": "string", "format": "uuid"}, status={"type": "string", "enum": list(ReferralStatus.values)}
)


class ReferralView(APIView):
    """One referral of the key's merchant, by its id."""

    scope = Scope.REFERRALS

    @extend_schema(operation_id="read_referral", responses={200: REFERRAL, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """How far a referral has come."""
        uuid = as_uuid(reference)
        if uuid is None:
            raise NoReferral
        return Response({"id": str(uuid), "status": read_status(merchant=request.auth.merchant, uuid=uuid)})
