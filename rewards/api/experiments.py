"""Experiments: what is compared, and what was found."""

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.openapi import NUMBER, TEXT, object_of, problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from rewards.api.shapes import MOMENT, NULL
from rewards.api.statement import as_json
from rewards.engine.experiments.statistics import ALPHA
from rewards.models.experiments import Experiment
from rewards.selectors.experiments import Arm, get_experiment, result_of

_PARTS: dict[str, Any] = {
    "code": TEXT,
    "name": TEXT,
    "state": {"enum": ["draft", "running", "stopped"]},
    "definition": {"type": "object"},
    **{moment: {"anyOf": [MOMENT, NULL]} for moment in ("started_at", "ends_at", "stopped_at")},
    "winner": {"anyOf": [TEXT, NULL]},
}
EXPERIMENTS = object_of(experiments={"type": "array", "items": object_of(**_PARTS)})
_INTERVAL = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_COMPARISON = object_of(
    difference={"type": "number"},
    interval={"anyOf": [_INTERVAL, NULL]},
    verdict={"enum": ["better", "worse", "no_difference", "inconclusive"]},
)
_ARM = object_of(
    code=TEXT,
    policy={"anyOf": [TEXT, NULL]},
    share_percent={"type": "number"},
    customers=NUMBER,
    mean={"type": "number"},
    comparison={"anyOf": [_COMPARISON, NULL]},
)
EXPERIMENT = object_of(
    **_PARTS,
    plan={"anyOf": [{"type": "object"}, NULL]},
    read_at={"anyOf": [MOMENT, NULL]},
    is_final={"type": "boolean"},
    error_rate={"type": "number"},
    variants={"type": "array", "items": _ARM},
    held_out={"anyOf": [_ARM, NULL]},
)


class ExperimentsView(APIView):
    """All experiments of a merchant."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="list_experiments", responses={200: EXPERIMENTS, **problems()})
    def get(self, request: ApiRequest) -> HttpResponse:
        """The experiments, the newest first. A merchant has few, so they come all at once."""
        found = Experiment.objects.filter(merchant=request.auth.merchant).order_by("-pk")
        return as_json({"experiments": [_experiment(each) for each in found]})


class ExperimentView(APIView):
    """One experiment and its result."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="read_experiment", responses={200: EXPERIMENT, **problems(404)})
    def get(self, request: ApiRequest, code: str) -> HttpResponse:
        """What was measured of each variant, as of `read_at`, and what may be said of it.

        `interval` is that of the difference from the control. Before the horizon it is always valid: it may be looked
        at every day, and the experiment be stopped as soon as it excludes 0.
        """
        experiment = get_experiment(merchant_id=request.auth.merchant.pk, code=code)
        result = result_of(experiment)
        return as_json(
            {
                **_experiment(experiment),
                "plan": experiment.plan or None,
                "read_at": result.read_at,
                "is_final": result.is_final,
                "error_rate": ALPHA,
                "variants": [_arm(arm) for arm in result.arms],
                "held_out": _arm(result.held_out) if result.held_out is not None else None,
            }
        )


def _experiment(experiment: Experiment) -> dict[str, Any]:
    return {
        "code": experiment.code,
        "name": experiment.name,
        "state": experiment.state,
        "definition": experiment.definition,
        "started_at": experiment.started_at,
        "ends_at": experiment.ends_at,
        "stopped_at": experiment.stopped_at,
        "winner": experiment.winner or None,
    }


def _arm(arm: Arm) -> dict[str, Any]:
    return {
        "code": arm.code,
        "policy": arm.policy or None,
        "share_percent": arm.share / 100,
        "customers": arm.sample.customers,
        "mean": arm.sample.mean,
        "comparison": msgspec.to_builtins(arm.comparison),
    }
