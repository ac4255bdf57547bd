"""Loyalty status and points, under the names and in the shapes of requirement 004; the services are the same."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.bodies import Identifier, Points, Reason, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from credits.models.accounts import Account
from credits.models.entries import Entry, EntryKind
from credits.models.tiers import Tier
from credits.selectors.accounts import balance_of, find_account, last_at
from credits.selectors.tiers import TierProgress, tier_progress
from credits.services.direct import Instruction, award_points, redeem_points
from referrals.models.api_keys import Scope
from referrals.models.customers import Customer
from rewards.api.calling import IDEMPOTENCY_KEY, Asking, asking, do_once
from rewards.api.shapes import CUSTOMER_LOYALTY, POINTS_MOVED, POINTS_TRANSACTIONS
from rewards.api.statement import CURSOR_PARAMETER, PAGE_SIZE_PARAMETER, as_json, read_page
from rewards.selectors.statement import Line, statement_page
from rewards.services.programmes.amounts import MONEY_BENEFITS, major_units

Kind = Annotated[str, msgspec.Meta(max_length=30, pattern=r"^([a-z][a-z0-9_]*)?$(?!\n)")]


class PointsBody(msgspec.Struct, frozen=True):
    """Who receives or spends how many points, and what for."""

    customer_id: Identifier = msgspec.field(name="customerId")
    points: Points
    type: Annotated[Kind, msgspec.Meta(description="A code of your own, such as product_review.")] = ""
    reference: Identifier | None = None
    description: Reason | None = None


class LoyaltyView(APIView):
    """One customer's loyalty."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_loyalty", responses={200: CUSTOMER_LOYALTY, **problems(404, 409)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Tier and its benefits, points, the way to the next tier, and what happened last. Money in major units."""
        door = asking(request)
        customer = door.customer(reference)
        account = find_account(wallet_id=door.terms.wallet_id, customer_id=customer.pk)
        progress = tier_progress(terms=door.terms, account=account, now=door.now)
        loyalty = {
            "customerId": customer.public_id,
            "tier": progress.tier.code if progress.tier else None,
            "points_balance": balance_of(account, now=door.now).available,
            "tier_progress": _progress(progress, door),
            "benefits": _benefits(progress, door),
            "activity": _activity(account),
        }
        return as_json({"customer_loyalty": loyalty})


class PointsEarnView(APIView):
    """Awards by another system."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="earn_points",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(PointsBody)},
        responses={201: POINTS_MOVED, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Award points, without a policy. `description` is shown to the customer; put no personal data into it."""
        body = read_struct(request.data, PointsBody)

        def earn(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(body.customer_id)
            return 201, _moved(customer, award_points(_instruction(door, customer, body)), door)

        return do_once(request, earn)


class PointsRedeemView(APIView):
    """Points paid to another system."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="redeem_points",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(PointsBody)},
        responses={201: POINTS_MOVED, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Take points for something that your system gives for them; the soonest-expiring go first."""
        body = read_struct(request.data, PointsBody)

        def redeem(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(body.customer_id)
            return 201, _moved(customer, redeem_points(_instruction(door, customer, body)), door)

        return do_once(request, redeem)


class PointsHistoryView(APIView):
    """One customer's points, as transactions."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="read_points_history",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: POINTS_TRANSACTIONS, **problems(400, 404, 409)},
    )
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Every movement of a customer's points, newest first, in pages."""
        door = asking(request)
        customer = door.customer(reference)
        page, next_ = read_page(request, customer, door.terms, list_="history", now=door.now)
        return as_json({"points_transactions": [_transaction(line) for line in page.lines], "next": next_})


def _instruction(door: Asking, customer: Customer, body: PointsBody) -> Instruction:
    return door.instruct(
        customer, body.points, type_=body.type, reference=body.reference or "", remark=body.description or ""
    )


def _moved(customer: Customer, entry: Entry, door: Asking) -> dict[str, Any]:
    """What was posted, as it stands in the history, and the balance after it."""
    account = find_account(wallet_id=door.terms.wallet_id, customer_id=customer.pk)
    page = statement_page(account=account, before=entry.pk + 1, limit=1, now=door.now)
    balance = balance_of(account, now=door.now).available
    return {**_transaction(page.lines[0]), "customerId": customer.public_id, "points_balance": balance}


def _transaction(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "type": line.type,
        "points": line.points,
        "description": line.remark or line.sentence,
        "reference": line.reference,
        "timestamp": line.occurred_at,
    }


def _progress(progress: TierProgress, door: Asking) -> dict[str, Any]:
    """How far it is to the next tier; nothing is needed at the top."""
    currency = door.merchant.currency
    return {
        "current_spend": major_units(progress.claims.spend, currency),
        "next_tier": progress.next_tier.code if progress.next_tier else None,
        "spend_needed": major_units(progress.missing.spend, currency),
        "orders_needed": progress.missing.orders,
        "points_needed": progress.missing.points,
    }


def _benefits(progress: TierProgress, door: Asking) -> dict[str, Any]:
    if progress.tier is None:
        return {}
    tier = Tier.objects.get(pk=progress.tier.id)
    benefits = {
        name: major_units(value, door.merchant.currency) if name in MONEY_BENEFITS else value
        for name, value in tier.benefits.items()
    }
    return {"points_multiplier": Decimal(f"{tier.points_multiplier.normalize():f}"), **benefits}


def _activity(account: Account | None) -> dict[str, Any]:
    """What happened last; an account may not be there yet."""
    if account is None:
        return dict.fromkeys(("last_points_earned", "last_redemption", "tier_anniversary"))
    return {
        "last_points_earned": last_at(account_id=account.pk, kind=EntryKind.EARNED),
        "last_redemption": last_at(account_id=account.pk, kind=EntryKind.REDEEMED),
        "tier_anniversary": account.tier_since,
    }
