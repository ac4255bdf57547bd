"""The gRPC services of this floor: thin, with the same selectors behind them as the API."""

from typing import Any

from config.lib.errors import Invalid, NotFound
from referrals.grpc.answering import answers
from referrals.grpc.wire import (
    auth_pb2,
    auth_pb2_grpc,
    core_pb2,
    core_pb2_grpc,
    referrals_pb2,
    referrals_pb2_grpc,
)
from referrals.models.api_keys import ApiKey, Scope
from referrals.selectors import as_uuid, find_rfm, get_customer, is_merchant
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


class Core(core_pb2_grpc.v1Servicer):
    """`/core.v1/…`."""

    @answers(Scope.PURCHASES)
    def GetCustomerRFM(  # noqa: N802 (the name is the protocol's)
        self, request: core_pb2.GetCustomerRFMRequest, key: ApiKey
    ) -> core_pb2.GetCustomerRFMResponse:
        """How lately, how often and for how much a customer buys.

        :raises Invalid: if no customer or no merchant is named.
        :raises NotFound: if the key's merchant has no such customer, or is not the merchant that was asked for.
        """
        if not request.customer_id or "\x00" in request.customer_id:
            raise Invalid("customer_id must name a customer.")
        if not is_merchant(key.merchant, _merchant_id(request)):
            raise NotFound("There is no such customer.")
        rfm = find_rfm(customer=get_customer(merchant=key.merchant, reference=request.customer_id))
        if rfm is None:
            return core_pb2.GetCustomerRFMResponse()
        return core_pb2.GetCustomerRFMResponse(
            recency_days=rfm.recency_days,
            frequency=rfm.frequency,
            monetary=rfm.monetary,
            recency_score=rfm.recency_score,
            frequency_score=rfm.frequency_score,
            monetary_score=rfm.monetary_score,
            segment=rfm.segment,
            window_days=rfm.window_days,
            computed_at=rfm.computed_at.isoformat(),
        )


def add_services(server: Any) -> list[str]:
    """Let a server answer for this floor.

    :returns: the full names of the services.
    """
    referrals_pb2_grpc.add_v1Servicer_to_server(Referrals(), server)
    auth_pb2_grpc.add_v1Servicer_to_server(Auth(), server)
    core_pb2_grpc.add_v1Servicer_to_server(Core(), server)
    files = (referrals_pb2.DESCRIPTOR, auth_pb2.DESCRIPTOR, core_pb2.DESCRIPTOR)
    return [service.full_name for file in files for service in file.services_by_name.values()]


def _merchant_id(request: Any) -> str:
    if not request.merchant_id:
        raise Invalid("merchant_id must name a merchant.")
    return str(request.merchant_id)
