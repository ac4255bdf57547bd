"""A customer's tier, put there by hand."""

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.bodies import Identifier, Moment, Reason, check_moment, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from credits.selectors.accounts import find_account
from credits.selectors.tiers import TierProgress, tier_progress
from credits.services.assigning import assign_tier
from referrals.models.api_keys import Scope
from rewards.api.calling import IDEMPOTENCY_KEY, Asking, do_once
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
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(TierBody)},
        responses={200: TIER_STANDING, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def put(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Put a customer into a tier.

        With `until` they stay in it until then; without, their next purchase may lift them, and the next review
        decides. The same `Idempotency-Key` again has no second effect.
        """
        body = read_struct(request.data, TierBody)
        if body.until is not None:
            check_moment(body.until, "/until")

        def assign(asked: Asking) -> tuple[int, dict[str, object]]:
            customer = asked.customer(reference)
            assign_tier(
                merchant=asked.merchant,
                customer_id=customer.pk,
                tier_code=body.tier,
                reason=body.reason,
                actor=asked.actor,
                until=body.until,
                now=asked.now,
                key=asked.name,
            )
            account = find_account(wallet_id=asked.terms.wallet_id, customer_id=customer.pk)
            progress = tier_progress(terms=asked.terms, account=account, now=asked.now)
            return 200, {"customer": customer.public_id, **tier_standing(progress)}

        return do_once(request, assign)


def tier_standing(progress: TierProgress) -> dict[str, object]:
    """Where a customer stands among the tiers, as other systems read it."""
    return {
        "tier": progress.tier.code if progress.tier is not None else None,
        "tier_anniversary": progress.tier_anniversary,
        "review_at": progress.review_at,
        "locked_until": progress.locked_until,
    }
