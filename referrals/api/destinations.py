"""Destinations: where shared links may lead."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import TEXT, object_of, problems
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.destinations import DestinationKind
from referrals.selectors.sharing import destinations_after

PAGE = 100
PAGE_MAX = 200
DESTINATION = object_of(
    id={"type": "string", "format": "uuid"},
    slug=TEXT,
    kind={"type": "string", "enum": list(DestinationKind.values)},
    title=TEXT,
    description=TEXT,
    picture_url=TEXT,
    url=TEXT,
    is_open={"type": "boolean"},
)


class DestinationsView(APIView):
    """The destinations of the key's merchant."""

    scope = Scope.REFERRALS

    @extend_schema(
        operation_id="list_destinations",
        parameters=[
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": PAGE}),
            OpenApiParameter("cursor", str, description="What `next` said in the page before."),
        ],
        responses={
            200: object_of(destinations={"type": "array", "items": DESTINATION}, next={"type": ["string", "null"]}),
            **problems(400),
        },
    )
    def get(self, request: ApiRequest) -> Response:
        """Where links may lead: the slug stands in the link, and the way on leads to the URL.

        Links do not lead to those that are not open; new ones are made in the programme or by staff.
        """
        merchant = request.auth.merchant
        list_ = f"destinations:{merchant.pk}"
        limit = whole_number(request, "limit", default=PAGE, low=1, high=PAGE_MAX)
        found = destinations_after(merchant=merchant, after=read_cursor(request, of=list_) or 0, limit=limit + 1)
        shown = found[:limit]
        return Response(
            {
                "destinations": [
                    {"id": str(each.uuid), **{name: getattr(each, name) for name in DESTINATION["required"][1:]}}
                    for each in shown
                ],
                "next": write_cursor(shown[-1].pk, of=list_) if len(found) > limit else None,
            }
        )
