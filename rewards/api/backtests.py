"""Backtests: what other policies would have given in the past."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Moment, check_moment, mistake, read_struct
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from rewards.api.calling import terms_of
from rewards.api.shapes import MOMENT, NULL
from rewards.api.trials import TriedPolicies
from rewards.models.backtests import BacktestState
from rewards.selectors.backtests import backtest_as_json, export_outcomes, get_backtest
from rewards.services.trials.backtests import start_backtest
from rewards.tasks import wake_backtests

_MAYBE_MOMENT = {"anyOf": [MOMENT, NULL]}
_GIVEN = object_of(points=NUMBER, grants=NUMBER, customers=NUMBER, policies={"type": "object"})
_CUSTOMERS = {"type": "array", "items": object_of(customer=TEXT, points_before=NUMBER, points_after=NUMBER)}
BACKTEST = object_of(
    id=TEXT,
    state={"enum": BacktestState.values},
    done=NUMBER,
    total=NUMBER,
    starts_at=_MAYBE_MOMENT,
    ends_at=_MAYBE_MOMENT,
    created_at=MOMENT,
    finished_at=_MAYBE_MOMENT,
    failure=TEXT,
    result={
        "anyOf": [
            object_of(
                before=_GIVEN,
                after=_GIVEN,
                points_difference=NUMBER,
                cost_difference={**NUMBER, "description": "Minor units."},
                winners=NUMBER,
                losers=NUMBER,
                gained_most=_CUSTOMERS,
                lost_most=_CUSTOMERS,
            ),
            NULL,
        ]
    },
)


class BacktestBody(TriedPolicies, frozen=True, kw_only=True):
    """What is tried, over what happened from `starts_at` until `ends_at`; without them, over everything."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None


class BacktestsView(APIView):
    """What other policies would have given."""

    scope = Scope.POLICIES

    @extend_schema(
        operation_id="start_backtest",
        request={"application/json": shape_of(BacktestBody)},
        responses={202: BACKTEST, **problems(*WITH_A_BODY, 404, 409, 429)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Start a backtest. It runs by itself; read it to see how far it is, and its result."""
        body = read_struct(request.data, BacktestBody)
        for pointer, moment in (("/starts_at", body.starts_at), ("/ends_at", body.ends_at)):
            if moment is not None:
                check_moment(moment, pointer)
        if body.starts_at is not None and body.ends_at is not None and body.ends_at <= body.starts_at:
            raise mistake("The period is empty.", "/ends_at", "out_of_range", "Must be after starts_at")
        key = request.auth
        terms_of(key.merchant)
        backtest = start_backtest(
            merchant=key.merchant,
            actor=f"key:{key.prefix}",
            drafts=body.drafts,
            definitions=body.definitions,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            now=timezone.now(),
        )
        wake_backtests()
        return Response(backtest_as_json(backtest), status=202)


class BacktestView(APIView):
    """One backtest."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="read_backtest", responses={200: BACKTEST, **problems(404)})
    def get(self, request: ApiRequest, backtest: UUID) -> Response:
        """How far a backtest is; once it is done, its totals beside today's policies', and who gains and loses most."""
        return Response(backtest_as_json(get_backtest(merchant=request.auth.merchant, uuid=backtest)))


class BacktestOutcomesView(APIView):
    """What a backtest changes, customer by customer."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="export_backtest_outcomes", responses={(200, "text/csv"): TEXT, **problems(404)})
    def get(self, request: ApiRequest, backtest: UUID) -> HttpResponse:
        """Every customer for whom it would make a difference, as CSV, with points and grants before and after."""
        found = get_backtest(merchant=request.auth.merchant, uuid=backtest)
        return HttpResponse(export_outcomes(found), content_type="text/csv; charset=utf-8")
