"""A customer's tier, put there by hand."""

import msgspec
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, Moment, Reason, check_moment, read_struct
from config.lib.idempotency import HEADER, idempotency_key
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from credits.selectors import default_wallet_terms
from credits.selectors.tiers import TierProgress, tier_progress
from credits.services.assigning import assign_tier
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer
from rewards.api.shapes import TIER_STANDING


class TierBody(msgspec.Struct, frozen=True):
    """Which tier a customer is put into, why, and until when it stays whatever they buy."""

    tier: Identifier
    reason: Reason
    until: Moment | None = None


class TierUpdateView(APIView):
    """One customer's tier."""

    scope = Scope.TIERS

    @extend_schema(
        operation_id="update_tier",
        parameters=[OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=True)],
        request={"application/json": shape_of(TierBody)},
        responses={200: TIER_STANDING, **problems(*WITH_A_BODY, 404, 409)},
    )
    def put(self, request: ApiRequest, reference: str) -> Response:
        """Put a customer into a tier.

        With `until` they stay in it until then; without, their next purchase may lift them, and the next review
        decides. The same `Idempotency-Key` again has no second effect.
        """
        body = read_struct(request.data, TierBody)
        if body.until is not None:
            check_moment(body.until, "/until")
        key, now, merchant = idempotency_key(request), timezone.now(), request.auth.merchant
        customer = get_customer(merchant=merchant, reference=reference)
        assign_tier(
            merchant=merchant,
            customer_id=customer.pk,
            tier_code=body.tier,
            reason=body.reason,
            actor=f"key:{request.auth.prefix}",
            until=body.until,
            now=now,
            key=key,
        )
        progress = tier_progress(terms=default_wallet_terms(merchant=merchant), customer_id=customer.pk, now=now)
        return Response({"customer": customer.public_id, **tier_standing(progress)})


def tier_standing(progress: TierProgress) -> dict[str, object]:
    """Where a customer stands among the tiers, as other systems read it."""
    return {
        "tier": progress.tier.code if progress.tier is not None else None,
        "tier_anniversary": progress.tier_anniversary,
        "review_at": progress.review_at,
        "locked_until": progress.locked_until,
    }
