"""Trying policies out: a dry run on a customer and a cart, and what was really decided, in full."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Code, Identifier, Moment, Money, check_moment, mistake, read_struct
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.selectors import get_customer, get_purchase
from rewards.api.calling import terms_of
from rewards.api.policies import PolicyCode
from rewards.api.shapes import MOMENT, NULL
from rewards.engine.decision import Award
from rewards.engine.facts import Line
from rewards.engine.tracing import Clause, PolicyTrace
from rewards.models.evaluations import Evaluation, Trigger
from rewards.models.policies import PolicyVersion
from rewards.selectors.sentences import decision_in_words
from rewards.selectors.traces import traces_of
from rewards.services.purchase_events import LINES_MAX, QUANTITY_MAX
from rewards.services.trials.candidates import candidate_of
from rewards.services.trials.dry_run import Decided, Trial, dry_run

TRIED_MAX = 50
_OBJECT = {"type": "object"}
_ANY = {"type": "array", "items": _OBJECT}
_CLAUSES = {
    "type": "array",
    "items": object_of(text=TEXT, value={"enum": [True, False, "error"]}, saw=_OBJECT),
}
DRY_RUN = object_of(
    customer={"anyOf": [TEXT, NULL]},
    at=MOMENT,
    tier=TEXT,
    purchases=NUMBER,
    refused_code={"anyOf": [object_of(code=TEXT, sentence=TEXT), NULL]},
    decisions={
        "type": "array",
        "items": object_of(
            trigger=TEXT,
            policies={
                "type": "array",
                "items": object_of(
                    policy=TEXT,
                    version={"anyOf": [NUMBER, NULL]},
                    steps={
                        "type": "array",
                        "items": object_of(step=TEXT, passed={"type": "boolean"}, saw=_OBJECT, clauses=_CLAUSES),
                    },
                    gives=_ANY,
                    refusal={"anyOf": [object_of(code=TEXT, sentence=TEXT), NULL]},
                ),
            },
        ),
    },
)
TRACE = object_of(
    policies={
        "type": "array",
        "items": object_of(
            trigger=TEXT,
            policy=TEXT,
            version=NUMBER,
            gave={"type": "array", "items": TEXT},
            refused=TEXT,
            when=TEXT,
            clauses={"anyOf": [_CLAUSES, NULL]},
        ),
    }
)


class CartLine(msgspec.Struct, frozen=True):
    """A line of a cart."""

    unit_price: Money
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] = 1
    sku: Annotated[str, Meta(max_length=100)] = ""
    category: Annotated[str, Meta(max_length=50)] = ""


class TriedPolicies(msgspec.Struct, frozen=True, kw_only=True):
    """Which policies are tried in place of those in force.

    `drafts` are codes of policies whose drafts are tried; `definitions` other words by the code of the policy, null
    for the policy away.
    """

    drafts: Annotated[list[PolicyCode], Meta(max_length=TRIED_MAX)] = msgspec.field(default_factory=list)
    definitions: Annotated[dict[PolicyCode, dict[str, Any] | None], Meta(max_length=TRIED_MAX)] = msgspec.field(
        default_factory=dict
    )


class DryRunBody(TriedPolicies, frozen=True, kw_only=True):
    """Somebody buys something, does something else, or a day comes for them; without a customer, somebody new."""

    customer: Identifier | None = None
    at: Moment | None = None
    total: Money | None = None
    items: Annotated[list[CartLine], Meta(max_length=LINES_MAX)] = msgspec.field(default_factory=list)
    referral_code: Code = ""
    activity: Annotated[str, Meta(max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$(?!\n)")] = ""
    day: Annotated[bool, Meta(description="Whether it is the day of `at` that comes.")] = False


class DryRunView(APIView):
    """What policies would give."""

    scope = Scope.POLICIES

    @extend_schema(
        operation_id="dry_run",
        request={"application/json": shape_of(DryRunBody)},
        responses={200: DRY_RUN, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Decide about a cart, an activity or a day without anything coming of it, and tell each step.

        `at` may be a moment to come: then what will be in force by then decides.
        """
        body = read_struct(request.data, DryRunBody)
        if (body.total is not None) + bool(body.activity) + body.day != 1:
            detail = "Needs exactly one of total, activity, day"
            raise mistake("One thing must be tried.", "/total", "missing", detail)
        if body.at is not None:
            check_moment(body.at, "/at")
        merchant = request.auth.merchant
        terms_of(merchant)
        customer = get_customer(merchant=merchant, reference=body.customer) if body.customer else None
        trial = Trial(
            customer=customer,
            at=body.at or timezone.now(),
            total=body.total,
            lines=tuple(Line(it.sku, it.quantity, it.unit_price, "", it.category) for it in body.items),
            referral_code=body.referral_code,
            activity=body.activity,
            candidate=candidate_of(merchant, drafts=body.drafts, definitions=body.definitions),
        )
        run = dry_run(merchant=merchant, trial=trial)
        return Response(
            {
                "customer": customer.public_id if customer else None,
                "at": trial.at,
                "tier": run.tier,
                "purchases": run.purchases,
                "refused_code": _refusal(run.refused_code, {}) if run.refused_code else None,
                "decisions": _decisions(run.decided),
            }
        )


class PurchaseTraceView(APIView):
    """Why a purchase earned what it earned."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="trace_purchase", responses={200: TRACE, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """Every policy that was asked, and each clause of its condition with the values that it saw."""
        purchase = get_purchase(merchant=request.auth.merchant, reference=reference)
        evaluation = Evaluation.objects.get(subject_id=purchase.pk, trigger=Trigger.PURCHASE_COMPLETED, cause=None)
        return Response(
            {
                "policies": [
                    {
                        "trigger": asked.trigger,
                        "policy": asked.policy,
                        "version": asked.version,
                        "gave": asked.gave,
                        "refused": asked.refused,
                        "when": asked.when,
                        "clauses": None if asked.clauses is None else _clauses(asked.clauses),
                    }
                    for asked in traces_of(evaluation)
                ]
            }
        )


def _decisions(decided: Iterable[Decided]) -> list[dict[str, Any]]:
    ids = {traced.policy.version_id for each in decided for traced in each.policies}
    numbers = dict(PolicyVersion.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [
        {"trigger": each.trigger, "policies": [_policy(traced, numbers) for traced in each.policies]}
        for each in decided
    ]


def _policy(traced: PolicyTrace, numbers: Mapping[int, int]) -> dict[str, Any]:
    return {
        "policy": traced.policy.code,
        "version": numbers.get(traced.policy.version_id),
        "steps": [
            {"step": step.name, "passed": step.passed, "saw": step.saw, "clauses": _clauses(step.clauses)}
            for step in traced.steps
        ],
        "gives": [_award(award) for award in traced.awards],
        "refusal": _refusal(traced.refusal.code, traced.refusal.args) if traced.refusal else None,
    }


def _award(award: Award) -> dict[str, Any]:
    what = {"points": award.points} if award.kind == "points" else {"option": award.option, "quantity": award.quantity}
    sentence = decision_in_words(award.code, award.args)
    return {"beneficiary": award.beneficiary, "kind": award.kind, **what, "sentence": sentence}


def _refusal(code: str, args: Mapping[str, Any]) -> dict[str, str]:
    return {"code": code, "sentence": decision_in_words(code, args)}


def _clauses(clauses: Iterable[Clause]) -> list[dict[str, Any]]:
    return [{"text": each.text, "value": each.value, "saw": dict(each.saw)} for each in clauses]
