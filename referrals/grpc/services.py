"""The gRPC services of this floor: thin, with the same selectors behind them as the API."""

from typing import Any

from config.lib.errors import Invalid
from referrals.grpc.answering import answers
from referrals.grpc.wire import auth_pb2, auth_pb2_grpc, referrals_pb2, referrals_pb2_grpc
from referrals.models.api_keys import ApiKey, Scope
from referrals.selectors import as_uuid, is_merchant
from referrals.services.statuses import NoReferral, read_status


class Referrals(referrals_pb2_grpc.v1Servicer):
    """`/referrals.v1/…`."""

    @answers(Scope.REFERRALS)
    def GetReferralStatus(  # noqa: N802 (the name is the protocol's)
        self, request: referrals_pb2.GetReferralStatusRequest, key: ApiKey
    ) -> referrals_pb2.GetReferralStatusResponse:
        """How far a referral has come.

        :raises Invalid: if the id is none.
        :raises NotFound: if the key's merchant has no such referral, or is not the merchant that was asked for.
        """
        uuid = as_uuid(request.referral_id)
        if uuid is None:
            raise Invalid("referral_id must be a UUID.")
        if not is_merchant(key.merchant, _merchant_id(request)):
            raise NoReferral
        return referrals_pb2.GetReferralStatusResponse(status=read_status(merchant=key.merchant, uuid=uuid))


class Auth(auth_pb2_grpc.v1Servicer):
    """`/auth.v1/…`."""

    @answers(Scope.REFERRALS)
    def ValidateMerchant(  # noqa: N802 (the name is the protocol's)
        self, request: auth_pb2.ValidateMerchantRequest, key: ApiKey
    ) -> auth_pb2.ValidateMerchantResponse:
        """Whether the key acts for a merchant.

        :raises Invalid: if none is named.
        """
        return auth_pb2.ValidateMerchantResponse(valid=is_merchant(key.merchant, _merchant_id(request)))


def add_services(server: Any) -> list[str]:
    """Let a server answer for this floor.

    :returns: the full names of the services.
    """
    referrals_pb2_grpc.add_v1Servicer_to_server(Referrals(), server)
    auth_pb2_grpc.add_v1Servicer_to_server(Auth(), server)
    files = (referrals_pb2.DESCRIPTOR, auth_pb2.DESCRIPTOR)
    return [service.full_name for file in files for service in file.services_by_name.values()]


def _merchant_id(request: Any) -> str:
    if not request.merchant_id:
        raise Invalid("merchant_id must name a merchant.")
    return str(request.merchant_id)
