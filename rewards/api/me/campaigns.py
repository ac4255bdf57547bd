"""Campaigns for the signed-in customer: what runs, how far they have come, and taking part."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.me import CustomerView
from config.lib.openapi import TEXT, object_of, problems
from credits.selectors.terms import WalletTerms
from rewards.api.calling import terms_of
from rewards.api.campaigns import progress_shape
from rewards.api.shapes import CAMPAIGN_PROGRESS, MOMENT
from rewards.api.statement import as_json
from rewards.engine.campaigns.taking import NOT_ELIGIBLE
from rewards.selectors.campaigns import get_campaign
from rewards.selectors.standings import Standing, running_campaigns, standings_of
from rewards.services.participation import join_campaign

_PROGRESS = {
    name: shape for name, shape in CAMPAIGN_PROGRESS["properties"].items() if name not in {"campaignId", "customerId"}
}
OWN_CAMPAIGNS = object_of(
    campaigns={"type": "array", "items": object_of(id=TEXT, name=TEXT, description=TEXT, type=TEXT, **_PROGRESS)}
)
OWN_PARTICIPATION = object_of(id=TEXT, round=TEXT, joined_at=MOMENT)


class OwnCampaignsView(CustomerView):
    """The campaigns that are for oneself."""

    @extend_schema(operation_id="list_own_campaigns", responses={200: OWN_CAMPAIGNS, **problems(409)})
    def get(self, request: Request) -> HttpResponse:
        """What runs now for you, and how far you have come; a merchant has few, so they come all at once.

        You can take part where `refusal.code` is `not_joined`. Money in major units.
        """
        merchant, terms = self.customer.merchant, terms_of(self.customer.merchant)
        running = [row for row, _ in running_campaigns(merchant_id=merchant.pk, terms=terms, now=self.now)]
        standings = standings_of(campaigns=running, customer=self.customer, terms=terms, now=self.now)
        for_them = [each for each in standings if each.refusal != NOT_ELIGIBLE]
        return as_json({"campaigns": [_shape(each, terms, merchant.currency) for each in for_them]})


class OwnParticipationView(CustomerView):
    """Taking part oneself."""

    @extend_schema(
        operation_id="participate",
        request=None,
        responses={201: OWN_PARTICIPATION, 200: OWN_PARTICIPATION, **problems(404, 409)},
    )
    def post(self, request: Request, campaign: str) -> Response:
        """Take part in the round that runs. 200 if you did already; it changes nothing then."""
        merchant = self.customer.merchant
        row = get_campaign(merchant_id=merchant.pk, reference=campaign)
        participation, is_new = join_campaign(
            campaign=row, customer=self.customer, terms=terms_of(merchant), now=self.now
        )
        answer = {"id": row.code, "round": participation.round, "joined_at": participation.joined_at}
        return Response(answer, status=201 if is_new else 200)


def _shape(standing: Standing, terms: WalletTerms, currency: str) -> dict[str, Any]:
    row = standing.campaign
    told = {"id": row.code, "name": row.name, "description": row.description, "type": row.definition["type"]}
    return {**told, **progress_shape(standing, terms, currency)}
