"""The experiments of a programme: what is compared. They are begun, and stopped, by somebody, never by a file.

One that was stopped is a record and no part of the programme any more.
"""

from collections.abc import Iterator
from typing import Any

from referrals.models.merchants import Merchant
from rewards.engine.experiments.definition import parse_design
from rewards.engine.problems import DefinitionError, Problem
from rewards.models.experiments import Experiment, ExperimentState
from rewards.services.programmes.plan import Action, Plan


def stored_experiments(merchant: Merchant) -> list[dict[str, Any]]:
    """What a merchant compares, or is going to."""
    lasting = Experiment.objects.filter(merchant=merchant).exclude(state=ExperimentState.STOPPED)
    return [dict(each) for each in lasting.order_by("id").values("code", "name", "definition")]


def wrong_experiments(written: dict[str, Any]) -> Iterator[Problem]:
    """Definitions that cannot be used, and policies that are not in the programme."""
    policies = {policy["code"] for policy in written["policies"]}
    for index, experiment in enumerate(written.get("experiments", ())):
        place = f"/experiments/{index}/definition"
        try:
            design = parse_design(experiment["definition"])
        except DefinitionError as error:
            yield from (Problem(place + each.pointer, each.code, each.detail) for each in error.problems)
            continue
        for number, variant in enumerate(design.variants):
            if variant.policy and variant.policy not in policies:
                detail = f"the policy {variant.policy} is not in this programme"
                yield Problem(f"{place}/variants/{number}/policy", "unknown", detail)


def spoiled_experiments(merchant: Merchant, plan: Plan) -> Iterator[str]:
    """Why changes would spoil experiments that have begun, a sentence for each."""
    changes = plan.of("experiments")
    begun = Experiment.objects.filter(merchant=merchant, code__in=changes).exclude(state=ExperimentState.DRAFT)
    for experiment in begun.order_by("code"):
        change = changes[experiment.code]
        if experiment.state == ExperimentState.STOPPED:
            yield f"The experiment {experiment.code} was stopped: leave it out, or call a new one something else."
        elif change.action is Action.RETIRE or change.concerns("definition"):
            yield f"The experiment {experiment.code} has begun and stays as it is until it is stopped."
