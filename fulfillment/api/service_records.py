"""Jobs of the repair system: it tells of them, asks what they cost with rewards, and says that they are done."""

from typing import Any, Literal

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.bodies import Category as Region
from config.lib.bodies import Identifier, Money, Text, mistake, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from fulfillment.api.shapes import QUOTE, SERVICE_RECORD, quote_shape, service_record_shape
from fulfillment.models.service_records import ServiceRecord
from fulfillment.selectors.service_records import find_service_record, quote
from fulfillment.services.service_records import Told, cancel_service, complete_service, record_service
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer
from rewards.api.statement import as_json


class ServiceRecordBody(msgspec.Struct, frozen=True):
    """What is done for whom, and what it costs before rewards. Put nothing that names a person into the title."""

    reference: Identifier
    customer: Identifier
    kind: Literal["repair", "replacement", "service"]
    amount: Money
    currency: str
    title: Text = ""
    region: Region = ""


class EndBody(msgspec.Struct, frozen=True):
    """Nothing needs to be said to end a job."""


class ServiceRecordsView(APIView):
    """Jobs of the repair system."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="record_service",
        request={"application/json": shape_of(ServiceRecordBody)},
        responses={201: SERVICE_RECORD, 200: SERVICE_RECORD, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Tell of a job, or of what has changed about one that is open; the same again changes nothing."""
        body = read_struct(request.data, ServiceRecordBody)
        merchant = request.auth.merchant
        if body.currency != merchant.currency:
            raise mistake("The currency is another.", "/currency", "currency", f"Must be {merchant.currency}")
        customer = get_customer(merchant=merchant, reference=body.customer)
        told = Told(body.reference, body.kind, body.amount, body.title, body.region)
        _, is_new = record_service(customer=customer, told=told, now=timezone.now())
        answer = as_json(_shape(request, find_service_record(merchant=merchant, reference=body.reference)))
        answer.status_code = 201 if is_new else 200
        return answer


class ServiceRecordView(APIView):
    """One job."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="read_service", responses={200: SERVICE_RECORD, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """How a job stands."""
        return as_json(_shape(request, find_service_record(merchant=request.auth.merchant, reference=reference)))


class ServicePriceView(APIView):
    """What one job costs."""

    scope = Scope.PURCHASES

    @extend_schema(operation_id="price_service", responses={200: QUOTE, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """What a job costs with the rewards that were applied, and what each other reward would make of it."""
        merchant = request.auth.merchant
        record = find_service_record(merchant=merchant, reference=reference)
        return as_json(quote_shape(record, quote(record=record), merchant.currency))


class ServiceCompletionView(APIView):
    """The end of one job."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="complete_service",
        request={"application/json": shape_of(EndBody)},
        responses={200: SERVICE_RECORD, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Say that a job is done: what the customer pays is settled. Once more changes nothing."""
        read_struct(request.data, EndBody)
        complete_service(merchant=request.auth.merchant, reference=reference, now=timezone.now())
        return as_json(_shape(request, find_service_record(merchant=request.auth.merchant, reference=reference)))


class ServiceCancellationView(APIView):
    """One job that will not be done."""

    scope = Scope.PURCHASES

    @extend_schema(
        operation_id="cancel_service",
        request={"application/json": shape_of(EndBody)},
        responses={200: SERVICE_RECORD, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Say that a job will not be done, if no reward was applied to it. Once more changes nothing."""
        read_struct(request.data, EndBody)
        cancel_service(merchant=request.auth.merchant, reference=reference, now=timezone.now())
        return as_json(_shape(request, find_service_record(merchant=request.auth.merchant, reference=reference)))


def _shape(request: ApiRequest, record: ServiceRecord) -> dict[str, Any]:
    return service_record_shape(record, request.auth.merchant.currency)
