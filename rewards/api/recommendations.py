"""What suits one customer: reward options, and the channel to share by."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.openapi import problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors.channels import suggest_channel
from rewards.api.calling import asking
from rewards.api.catalog import shape_of_offer
from rewards.api.shapes import RECOMMENDATIONS
from rewards.api.statement import as_json
from rewards.selectors.recommendations import recommend


class RecommendationsView(APIView):
    """Recommendations."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_recommendations", responses={200: RECOMMENDATIONS, **problems(404, 409)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Up to ten reward options, the most suitable first, and the channel to share by; each with its reason.

        What customers choose together is learned every night from what they redeemed.
        """
        door = asking(request)
        customer = door.customer(reference)
        recommended = recommend(customer=customer, wallet_id=door.terms.wallet_id, now=door.now)
        suggestion = suggest_channel(customer=customer, now=door.now)
        return as_json(
            {
                "customerId": customer.public_id,
                "rewards": [
                    {**shape_of_offer(each.offered), "because": each.because, "sentence": each.sentence}
                    for each in recommended
                ],
                "share": {"channel": suggestion.channel, "sentence": suggestion.sentence},
            }
        )
