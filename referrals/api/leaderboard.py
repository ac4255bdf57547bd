"""The leaderboard, for a merchant's own pages."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import NUMBER, TEXT, object_of, problems
from config.lib.queries import choice, whole_number
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors.leaderboard import PERIODS, ROWS_MAX, read_leaderboard

PLACES = 10
PLACE = object_of(rank=NUMBER, alias=TEXT, friends=NUMBER)


class LeaderboardView(APIView):
    """Who brought most friends to the key's merchant."""

    scope = Scope.REFERRALS

    @extend_schema(
        operation_id="read_leaderboard",
        parameters=[
            OpenApiParameter("period", {"enum": list(PERIODS), "default": "month"}),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": ROWS_MAX, "default": PLACES}),
        ],
        responses={200: object_of(period=TEXT, places={"type": "array", "items": PLACE}), **problems(400)},
    )
    def get(self, request: ApiRequest) -> Response:
        """Who brought most friends in the present week, month or year of the merchant's, or ever.

        Only customers who chose an alias are shown, by that alias. A friend counts from the day of the first purchase
        that is large enough, unless it is paid back. Equal numbers share a place (1, 1, 3); among equals stands first
        who came so far first.
        """
        period = choice(request, "period", options=PERIODS, default="month")
        limit = whole_number(request, "limit", default=PLACES, low=1, high=ROWS_MAX)
        places = read_leaderboard(merchant=request.auth.merchant, period=period, now=timezone.now(), limit=limit)
        shown = [{"rank": place.rank, "alias": place.alias, "friends": place.friends} for place in places]
        return Response({"period": period, "places": shown})
