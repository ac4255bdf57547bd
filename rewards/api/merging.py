"""Two customers are one person: what merging them would do, and doing it."""

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Identifier, read_struct
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.customers import Customer
from referrals.selectors import get_customer
from rewards.api.calling import Asking, asking, do_once
from rewards.services.merging import Outcome, merge_customers, preview_merge

MERGE = object_of(
    status={"enum": ["preview", "merged", "repeated"]},
    customer=TEXT,
    points=NUMBER,
    points_later=NUMBER,
    owed=NUMBER,
    friends=NUMBER,
    grants=NUMBER,
    keeps_referrer={"type": "boolean"},
    loses_referrer={"type": "boolean"},
)
DRY_RUN = OpenApiParameter("dry_run", bool, description="Only say what would happen; it needs no Idempotency-Key.")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Required unless it is a dry run.")


class MergeBody(msgspec.Struct, frozen=True):
    """Who is the same person: the merchant's id of them, or ours. They go; the customer of the path goes on."""

    customer: Identifier


class MergeView(APIView):
    """Merging a customer into another."""

    scope = Scope.CUSTOMERS

    @extend_schema(
        operation_id="merge_customers",
        parameters=[DRY_RUN, KEY],
        request={"application/json": shape_of(MergeBody)},
        responses={200: MERGE, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Let one customer go on for another who is the same person.

        Ids, e-mail, login, points and friends of the other are theirs; who brought them stays who did. Their own
        purchases and tier stay, and the other's are history. What it would do is told by `dry_run=true`.
        """
        body = read_struct(request.data, MergeBody)

        def merge(door: Asking) -> tuple[int, dict[str, Any]]:
            survivor, merged = _pair(door, reference, body.customer)
            if survivor == merged and body.customer not in {survivor.external_id, str(survivor.uuid)}:
                return 200, _shape("repeated", Outcome.nothing(survivor))
            outcome = merge_customers(
                survivor=survivor, merged=merged, now=door.now, reason="same_person", actor=door.actor
            )
            return 200, _shape("merged", outcome)

        if request.query_params.get("dry_run") == "true":
            survivor, merged = _pair(asking(request), reference, body.customer)
            return Response(_shape("preview", preview_merge(survivor=survivor, merged=merged)))
        return do_once(request, merge)


def _pair(door: Asking, survivor: str, merged: str) -> tuple[Customer, Customer]:
    """Both customers. They are not held here: the service locks them, and waits for nobody."""
    return (
        get_customer(merchant=door.merchant, reference=survivor),
        get_customer(merchant=door.merchant, reference=merged),
    )


def _shape(status: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "status": status,
        "customer": outcome.survivor.public_id,
        "points": outcome.points,
        "points_later": outcome.points_later,
        "owed": outcome.owed,
        "friends": outcome.friends,
        "grants": outcome.grants,
        "keeps_referrer": outcome.keeps_referrer,
        "loses_referrer": outcome.loses_referrer,
    }
