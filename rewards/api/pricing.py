"""What a pricing service needs of a customer: tier, discounts, multipliers, and what points are worth."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from config.lib.errors import NotFound
from config.lib.openapi import problems
from config.lib.queries import whole_number
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.merchants import Merchant
from referrals.selectors import get_customer
from rewards.api.shapes import PRICING
from rewards.api.statement import as_json
from rewards.selectors.checkout_terms import benefits_of, birthday_year
from rewards.selectors.pricing import pricing_terms
from rewards.services.checkout import credits_at_checkout

AMOUNT_MAX = 10**9 - 1


class PricingView(APIView):
    """One customer's prices."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="read_pricing",
        parameters=[
            OpenApiParameter("order_amount", int, description="Minor units: what the discount of it would be.")
        ],
        responses={200: PRICING, **problems(400, 404, 409)},
    )
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """A customer's tier, its discounts, and by what purchases are multiplied.

        While the database is away, what was last known is answered with `stale` true: it may price, and never
        authorises a debit.
        """
        merchant, now = request.auth.merchant, timezone.now()
        amount = whole_number(request, "order_amount", default=0, low=0, high=AMOUNT_MAX)
        body = credits_at_checkout(merchant_id=merchant.pk, reference=reference, now=now)
        if body is None:
            raise NotFound("There is no such customer.")
        known = msgspec.json.decode(body)
        tier = known["tier"] or {"code": None, "points_multiplier": "1", "benefits": {}}
        has_birthday = not known["stale"] and _has_birthday(merchant, reference, now)
        benefits = benefits_of(tier["benefits"], has_birthday=has_birthday)
        rate = max(benefits.tier_discount, benefits.birthday_discount)
        terms = pricing_terms(merchant, now=now)
        return as_json(
            {
                "customer": known["customer"],
                "tier": tier["code"],
                "discounts": {
                    "tier_discount": float(benefits.tier_discount),
                    "birthday_discount": float(benefits.birthday_discount),
                },
                "free_shipping_threshold": benefits.free_shipping_from,
                "multipliers": {"tier": tier["points_multiplier"], "categories": terms.categories},
                "points": {
                    "available": known["available"],
                    "value": terms.point_value,
                    "minimum": terms.points_min,
                    "order_share_max": terms.order_share_max,
                },
                "grants": known["grants"],
                "discount": {
                    "discount_amount": int(amount * rate / 100),
                    "discount_type": "birthday"
                    if benefits.birthday_discount > benefits.tier_discount
                    else "tier_benefit",
                    "tier": tier["code"],
                }
                if amount and rate
                else None,
                "as_of": known["as_of"],
                "stale": known["stale"],
            }
        )


def _has_birthday(merchant: Merchant, reference: str, now: datetime) -> bool:
    try:
        customer = get_customer(merchant=merchant, reference=reference)
        return birthday_year(customer, now.astimezone(ZoneInfo(merchant.time_zone)).date()) is not None
    except (OperationalError, InterfaceError):
        return False
