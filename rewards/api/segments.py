"""Segments, for promotion services: which there are, who is in them, and which a customer is in."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer
from rewards.api.shapes import SEGMENT_LISTED, SEGMENT_MEMBERS, SEGMENTS, SEGMENTS_OF_CUSTOMER
from rewards.api.statement import CURSOR_PARAMETER, PAGE_SIZE_PARAMETER, as_json
from rewards.selectors.segments import get_segment, members_after, segments_of, segments_of_merchant
from rewards.services.segments import list_members

PAGE_SIZE = 100
LISTED_MAX = 10_000


class ListBody(msgspec.Struct, frozen=True):
    """Who is in a segment."""

    customers: Annotated[list[Identifier], Meta(max_length=LISTED_MAX, description="The merchant's own ids.")]


class SegmentsView(APIView):
    """The segments of a merchant."""

    scope = Scope.CUSTOMERS

    @extend_schema(operation_id="read_segments", responses={200: SEGMENTS, **problems()})
    def get(self, request: ApiRequest) -> HttpResponse:
        """The segments in use, and how many customers each has. A merchant has few, so they come all at once."""
        found = segments_of_merchant(request.auth.merchant.pk)
        return as_json(
            {
                "segments": [
                    {
                        "id": segment.code,
                        "name": segment.name,
                        "description": segment.description,
                        "condition": segment.condition or None,
                        "recomputed_at": segment.recomputed_at,
                        "customers": customers,
                    }
                    for segment, customers in found
                ]
            }
        )


class SegmentCustomersView(APIView):
    """Who is in one segment."""

    scope = Scope.CUSTOMERS

    @extend_schema(
        operation_id="read_segment_customers",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: SEGMENT_MEMBERS, **problems(400, 404)},
    )
    def get(self, request: ApiRequest, code: str) -> HttpResponse:
        """The customers in a segment, in pages."""
        segment = get_segment(merchant_id=request.auth.merchant.pk, code=code)
        limit = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE)
        of = f"segment {segment.pk}"
        rows = members_after(segment, after=read_cursor(request, of=of) or 0, limit=limit + 1)
        shown = rows[:limit]
        return as_json(
            {
                "segment": segment.code,
                "customers": [{"id": row.customer.public_id, "since": row.since} for row in shown],
                "next": write_cursor(shown[-1].customer_id, of=of) if len(rows) > limit else None,
            }
        )

    @extend_schema(
        operation_id="list_segment_customers",
        request={"application/json": shape_of(ListBody)},
        responses={200: SEGMENT_LISTED, **problems(*WITH_A_BODY, 404, 409)},
    )
    def put(self, request: ApiRequest, code: str) -> Response:
        """Say who is in a segment that has no condition. Ids that no customer has are named in the answer."""
        body = read_struct(request.data, ListBody)
        segment = get_segment(merchant_id=request.auth.merchant.pk, code=code)
        unknown = list_members(segment=segment, references=body.customers, now=timezone.now())
        return Response(
            {"segment": segment.code, "customers": len(set(body.customers)) - len(unknown), "unknown": unknown}
        )


class CustomerSegmentsView(APIView):
    """Which segments one customer is in."""

    scope = Scope.CUSTOMERS

    @extend_schema(operation_id="read_customer_segments", responses={200: SEGMENTS_OF_CUSTOMER, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """The codes of the segments that a customer is in."""
        customer = get_customer(merchant=request.auth.merchant, reference=reference)
        segments = segments_of([customer.pk]).get(customer.pk, ())
        return as_json({"customer": customer.public_id, "segments": list(segments)})
