"""How far the people came who followed links."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import NUMBER, TEXT, object_of, problems
from config.lib.queries import choice, whole_number
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors.funnel import FUNNEL_KEYS, read_funnel

DAYS = 30
DAYS_MAX = 3_660
STEP = object_of(key=TEXT, clicked=NUMBER, visitors=NUMBER, joined=NUMBER, bought=NUMBER, rewarded=NUMBER)


class ReferralStatsView(APIView):
    """The funnel of the key's merchant."""

    scope = Scope.REFERRALS

    @extend_schema(
        operation_id="read_referral_stats",
        parameters=[
            OpenApiParameter("by", {"enum": list(FUNNEL_KEYS), "default": "channel"}),
            OpenApiParameter("days", {"type": "integer", "minimum": 1, "maximum": DAYS_MAX, "default": DAYS}),
        ],
        responses={200: object_of(by=TEXT, days=NUMBER, steps={"type": "array", "items": STEP}), **problems(400)},
    )
    def get(self, request: ApiRequest) -> Response:
        """Who clicked, joined, bought and was rewarded in the last days, by channel, destination or link.

        Days are the merchant's, and today is the last. `visitors` are different browsers of one link on one day.
        Joined, bought and rewarded are the friends who joined in these days, and how far they have come since; a
        purchase that was paid back counts no more. The empty `key` holds those of whom no link is known.
        """
        by = choice(request, "by", options=FUNNEL_KEYS, default="channel")
        days = whole_number(request, "days", default=DAYS, low=1, high=DAYS_MAX)
        merchant = request.auth.merchant
        today = timezone.now().astimezone(ZoneInfo(merchant.time_zone)).date()
        steps = read_funnel(merchant=merchant, by=by, first=today - timedelta(days=days - 1), last=today)
        return Response({"by": by, "days": days, "steps": [msgspec.to_builtins(step) for step in steps]})
