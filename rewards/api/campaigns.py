"""Campaigns, under the names of requirement 004: what runs, what is for whom, joining, and how far one has come."""

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from credits.selectors.terms import WalletTerms
from referrals.models.api_keys import Scope
from rewards.api.calling import Asking, asking
from rewards.api.shapes import CAMPAIGN_PROGRESS, CAMPAIGNS, CAMPAIGNS_OF_CUSTOMER, PARTICIPATION
from rewards.api.statement import as_json
from rewards.engine.campaigns.definition import SPEND
from rewards.engine.campaigns.taking import NOT_JOINED
from rewards.engine.campaigns.windows import Round
from rewards.models.campaigns import Campaign
from rewards.selectors.campaigns import get_campaign
from rewards.selectors.sentences import decision_in_words
from rewards.selectors.standings import Standing, running_campaigns, standings_of
from rewards.services.participation import join_campaign
from rewards.services.programmes.amounts import major_units


class ParticipationBody(msgspec.Struct, frozen=True):
    """Who takes part in which campaign."""

    customer_id: Identifier = msgspec.field(name="customerId")
    campaign_id: Identifier = msgspec.field(name="campaignId")


class ActiveCampaignsView(APIView):
    """The campaigns that run."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_active_campaigns", responses={200: CAMPAIGNS, **problems(409)})
    def get(self, request: ApiRequest) -> HttpResponse:
        """The campaigns that run now. A merchant has few, so they come all at once."""
        door = asking(request)
        running = running_campaigns(merchant_id=door.merchant.pk, terms=door.terms, now=door.now)
        return as_json({"campaigns": [_campaign(row, round_, door.terms) for row, round_ in running]})


class EligibleCampaignsView(APIView):
    """The campaigns that are for one customer."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_eligible_campaigns", responses={200: CAMPAIGNS_OF_CUSTOMER, **problems(404, 409)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """The running campaigns that are for a customer, joined or not, and why the others are not."""
        door = asking(request)
        customer = door.customer(reference)
        running = running_campaigns(merchant_id=door.merchant.pk, terms=door.terms, now=door.now)
        standings = standings_of(
            campaigns=[row for row, _ in running], customer=customer, terms=door.terms, now=door.now
        )
        for_them = [each for each in standings if each.refusal in {"", NOT_JOINED}]
        others = [each for each in standings if each not in for_them]
        return as_json(
            {
                "customerId": customer.public_id,
                "campaigns": [
                    {**_campaign(each.campaign, each.round, door.terms), "participating": not each.refusal}
                    for each in for_them
                ],
                "others": [{"id": each.campaign.code, **_refusal(each)} for each in others],
            }
        )


class ParticipateView(APIView):
    """Joining campaigns."""

    scope = Scope.ACTIVITIES

    @extend_schema(
        operation_id="participate_in_campaign",
        request={"application/json": shape_of(ParticipationBody)},
        responses={201: PARTICIPATION, 200: PARTICIPATION, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Let a customer take part in the round that runs. 200 if they did already; it changes nothing then."""
        body = read_struct(request.data, ParticipationBody)
        door = asking(request)
        customer, campaign = door.customer(body.customer_id), _get(door, body.campaign_id)
        participation, is_new = join_campaign(campaign=campaign, customer=customer, terms=door.terms, now=door.now)
        answer = {
            "customerId": customer.public_id,
            "campaignId": campaign.code,
            "round": participation.round,
            "joined_at": participation.joined_at,
        }
        return Response(answer, status=201 if is_new else 200)


class CampaignProgressView(APIView):
    """How far one customer has come in one campaign."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_campaign_progress", responses={200: CAMPAIGN_PROGRESS, **problems(404, 409)})
    def get(self, request: ApiRequest, campaign: str, reference: str) -> HttpResponse:
        """Computed from what the customer did in the running round, net of refunds. Money in major units."""
        door = asking(request)
        row, customer = _get(door, campaign), door.customer(reference)
        (standing,) = standings_of(campaigns=[row], customer=customer, terms=door.terms, now=door.now)
        named = {"campaignId": row.code, "customerId": customer.public_id}
        return as_json({**named, **progress_shape(standing, door.terms, door.merchant.currency)})


def progress_shape(standing: Standing, terms: WalletTerms, currency: str) -> dict[str, Any]:
    """How far somebody has come in a campaign; dates in the merchant's zone, money in major units."""
    joined = standing.participation
    return {
        **_dates(standing.round, terms),
        "participating": not standing.refusal,
        "refusal": _refusal(standing) if standing.refusal else None,
        "joined_at": joined.joined_at if joined else None,
        "completed_at": joined.completed_at if joined else None,
        "points": joined.points if joined else 0,
        "goal": _goal(standing, currency),
    }


def _get(door: Asking, reference: str) -> Campaign:
    return get_campaign(merchant_id=door.merchant.pk, reference=reference)


def _campaign(row: Campaign, round_: Round | None, terms: WalletTerms) -> dict[str, Any]:
    rules = row.definition
    return {
        "id": row.code,
        "uuid": str(row.uuid),
        "name": row.name,
        "description": row.description,
        "type": rules["type"],
        "rules": rules,
        **_dates(round_, terms),
        "target_segments": rules.get("segments", []),
        "target_tiers": rules.get("tiers", []),
        "status": "active",
        "budget_left": None if row.budget is None else row.budget - row.given,
    }


def _dates(round_: Round | None, terms: WalletTerms) -> dict[str, datetime | None]:
    """From when to when the round runs; None where it has no bound, or none runs."""
    starts, ends = round_ or (None, None)
    return {
        "start_date": starts.replace(tzinfo=terms.zone) if starts else None,
        "end_date": ends.replace(tzinfo=terms.zone) if ends else None,
    }


def _refusal(standing: Standing) -> dict[str, str]:
    return {"code": standing.refusal, "sentence": decision_in_words(standing.refusal)}


def _goal(standing: Standing, currency: str) -> dict[str, Any] | None:
    goal, reached = standing.said.terms.goal, standing.reached
    if goal is None or reached is None:
        return None
    amounts = {"target": goal.target, "reached": reached, "missing": max(0, goal.target - reached)}
    is_money = goal.measure == SPEND
    return {
        "measure": goal.measure,
        **{name: major_units(amount, currency) if is_money else amount for name, amount in amounts.items()},
        "percent": min(100, reached * 100 // goal.target),
    }
