"""The signed-in customer's points: what there is, how it came, when it lapses, and the way to the next tier."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from config.lib.me import CustomerView
from config.lib.openapi import NUMBER, TEXT, object_of, problems
from config.lib.queries import whole_number
from credits.selectors.accounts import Outlook, find_account, outlook_of
from credits.selectors.terms import TierTerms
from credits.selectors.tiers import tier_progress
from rewards.api.calling import NoProgramme, terms_of
from rewards.api.shapes import CREDITS, EXPIRING, MOMENT, NULL, STATEMENT
from rewards.api.statement import CURSOR_PARAMETER, DAYS, DAYS_MAX, PAGE_SIZE_PARAMETER, as_json, read_page
from rewards.selectors.credits import credits_of_many

_MAYBE_MOMENT = {"anyOf": [MOMENT, NULL]}
_MAYBE_TIER = {"anyOf": [object_of(code=TEXT, name=TEXT), NULL]}
_CLAIMS = object_of(spend={**NUMBER, "description": "Minor units."}, orders=NUMBER, points=NUMBER)
OWN_CREDITS = object_of(**{name: shape for name, shape in CREDITS["properties"].items() if name != "stale"})
OWN_STATEMENT = object_of(entries=STATEMENT["properties"]["entries"], next=STATEMENT["properties"]["next"])
OWN_EXPIRING = object_of(as_of=MOMENT, next_active_at=_MAYBE_MOMENT, days=EXPIRING["properties"]["days"])
TIER_PROGRESS = object_of(
    tier=_MAYBE_TIER,
    since=_MAYBE_MOMENT,
    claims=_CLAIMS,
    next_tier=_MAYBE_TIER,
    missing=_CLAIMS,
    review_at=_MAYBE_MOMENT,
    locked_until=_MAYBE_MOMENT,
    is_expiring={"type": "boolean"},
    missing_to_keep=_CLAIMS,
)


class OwnCreditsView(CustomerView):
    """One's own credits."""

    @extend_schema(operation_id="read_own_credits", responses={200: OWN_CREDITS, **problems(409)})
    def get(self, request: Request) -> HttpResponse:
        """What you can spend, what is on its way, your tier with its benefits, and your grants."""
        found = credits_of_many(merchant_id=self.customer.merchant_id, marks={self.customer.pk: None}, now=self.now)
        if not found:
            raise NoProgramme
        return as_json({**found[0].as_told(), "as_of": self.now})


class OwnStatementView(CustomerView):
    """One's own statement."""

    @extend_schema(
        operation_id="read_own_statement",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: OWN_STATEMENT, **problems(400, 409)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Every movement of your points with what caused it, newest first, in pages."""
        terms = terms_of(self.customer.merchant)
        page, next_ = read_page(request, self.customer, terms, list_="own statement", now=self.now)
        return as_json({"entries": page.lines, "next": next_})


class OwnExpiringView(CustomerView):
    """What of one's points lapses, and when the next can be spent."""

    @extend_schema(
        operation_id="read_own_expiring",
        parameters=[OpenApiParameter("days", {"type": "integer", "minimum": 1, "maximum": DAYS_MAX, "default": DAYS})],
        responses={200: OWN_EXPIRING, **problems(400, 409)},
    )
    def get(self, request: Request) -> HttpResponse:
        """What lapses within the next days if nothing is spent, and when the next of what is pending can be."""
        days = whole_number(request, "days", default=DAYS, low=1, high=DAYS_MAX)
        terms = terms_of(self.customer.merchant)
        account = find_account(wallet_id=terms.wallet_id, customer_id=self.customer.pk)
        outlook = outlook_of(terms=terms, account=account, days=days, now=self.now) if account else Outlook(None, [])
        return as_json({"as_of": self.now, "next_active_at": outlook.next_active_at, "days": outlook.expiring})


class OwnTierView(CustomerView):
    """One's own tier."""

    @extend_schema(operation_id="read_own_tier", responses={200: TIER_PROGRESS, **problems(409)})
    def get(self, request: Request) -> HttpResponse:
        """Your tier, what you did towards the next and what is missing, and what would be missing to keep yours."""
        terms = terms_of(self.customer.merchant)
        account = find_account(wallet_id=terms.wallet_id, customer_id=self.customer.pk)
        progress = tier_progress(terms=terms, account=account, now=self.now)
        return as_json(
            {
                "tier": _tier(progress.tier),
                "since": progress.tier_anniversary,
                "claims": progress.claims._asdict(),
                "next_tier": _tier(progress.next_tier),
                "missing": progress.missing._asdict(),
                "review_at": progress.review_at,
                "locked_until": progress.locked_until,
                "is_expiring": progress.is_expiring,
                "missing_to_keep": progress.missing_to_keep._asdict(),
            }
        )


def _tier(tier: TierTerms | None) -> dict[str, Any] | None:
    return {"code": tier.code, "name": tier.name} if tier else None
