"""What the signed-in customer can redeem points for."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from config.lib.me import CustomerView
from config.lib.openapi import object_of, problems
from config.lib.queries import choice
from rewards.api.calling import terms_of
from rewards.api.catalog import CATEGORY_PARAMETER, WITHIN_PARAMETER, shape_of_offer
from rewards.api.shapes import REWARDS_AVAILABLE
from rewards.api.statement import as_json
from rewards.models.catalog import Category
from rewards.selectors.catalog import AFFORDABLE, WITHIN_REACH, offered_to

OWN_REWARDS = object_of(rewards=REWARDS_AVAILABLE["properties"]["rewards"])


class OwnCatalogView(CustomerView):
    """The catalog, for oneself."""

    @extend_schema(
        operation_id="read_own_catalog",
        parameters=[CATEGORY_PARAMETER, WITHIN_PARAMETER],
        responses={200: OWN_REWARDS, **problems(400, 409)},
    )
    def get(self, request: Request) -> HttpResponse:
        """What is on offer, the cheapest first, with how many points you lack and what else stands in the way.

        Money in major units.
        """
        offered = offered_to(
            customer=self.customer,
            wallet_id=terms_of(self.customer.merchant).wallet_id,
            now=self.now,
            category=choice(request, "category", options=Category.values, default=""),
            within=choice(request, "within", options=[AFFORDABLE, WITHIN_REACH], default=""),
        )
        return as_json({"rewards": [shape_of_offer(each) for each in offered]})
