"""Experiments: as the engine sees them, and what they have shown so far."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from config.lib.errors import NotFound
from referrals.models.merchants import Merchant
from rewards.engine.experiments.assignment import CONTROL, HELD_OUT, PLACES, Round, Trial
from rewards.engine.experiments.definition import FIXED, Design, parse_design
from rewards.engine.experiments.statistics import Comparison, Sample, compare
from rewards.models.experiments import Experiment, ExperimentRound
from rewards.models.policies import Policy


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant, or those who are held out: what was measured of it, and how it compares with the control."""

    code: str
    policy: str
    share: int
    sample: Sample
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What an experiment has shown: of each variant, and of those who are held out, if anybody is.

    `is_final` says whether the horizon was reached; `read_at` when it was measured last.
    """

    arms: Sequence[Arm]
    held_out: Arm | None
    read_at: datetime | None
    is_final: bool


class Horizon(NamedTuple):
    """When who enters last has been measured, and whether that was done."""

    at: datetime | None
    is_reached: bool


def trials_of(*, merchant_id: int, experiment_ids: Collection[int]) -> dict[int | None, Trial]:
    """Experiments that have begun, as the engine sees them, by id."""
    found = {each.pk: each for each in Experiment.objects.filter(pk__in=experiment_ids)}
    designs = {pk: parse_design(each.definition) for pk, each in found.items()}
    codes = {code for design in designs.values() for code in design.policies}
    policies = dict(Policy.objects.filter(merchant=merchant_id, code__in=codes).values_list("code", "pk"))
    rounds: dict[int, list[Round]] = {}
    for each in ExperimentRound.objects.filter(experiment__in=experiment_ids).order_by("number"):
        rounds.setdefault(each.experiment_id, []).append(Round(each.number, each.starts_at, tuple(each.shares)))
    holdout_salt = holdout_salt_of(Merchant.objects.get(pk=merchant_id))
    return {
        pk: Trial(
            code=experiment.code,
            salt=experiment.salt,
            holdout_salt=holdout_salt,
            held_out=held_out_places(designs[pk]),
            policies=tuple(policies.get(variant.policy, 0) for variant in designs[pk].variants),
            rounds=tuple(rounds.get(pk, ())),
            stopped_at=experiment.stopped_at,
            winner=variant_number(designs[pk], experiment.winner) if experiment.winner else CONTROL,
        )
        for pk, experiment in found.items()
    }


def get_experiment(*, merchant_id: int, code: str) -> Experiment:
    """The experiment with this code.

    :raises NotFound: if the merchant has none.
    """
    try:
        return Experiment.objects.get(merchant=merchant_id, code=code)
    except Experiment.DoesNotExist:
        raise NotFound("There is no such experiment.") from None


def result_of(experiment: Experiment) -> Result:
    """What an experiment has shown so far, as it was measured last; whoever is held out is compared as well.

    Shares that follow what was learned end in no verdict: they earn, and prove nothing.
    """
    design = parse_design(experiment.definition)
    rounds = list(experiment.rounds.order_by("number"))
    read = [each for each in rounds if each.read_at is not None]
    is_final = horizon_of(experiment, design, rounds).is_reached
    shares = rounds[-1].shares if rounds else [0] * len(design.variants)
    arms = [
        Arm(each.code, each.policy, shares[number], _together([row.arms[number] for row in read]))
        for number, each in enumerate(design.variants)
    ]
    held_out = Arm(HELD_OUT, "", held_out_places(design), _together([row.held_out for row in read]))
    if design.method == FIXED and read:
        arms, held_out = _compared(design, arms, held_out, experiment.plan["least_effect"], is_final=is_final)
    return Result(arms, held_out if design.held_out_percent else None, read[-1].read_at if read else None, is_final)


def _compared(
    design: Design, arms: list[Arm], held_out: Arm, least_effect: float, *, is_final: bool
) -> tuple[list[Arm], Arm]:
    """The same arms, each compared with the control."""
    control, others = arms[CONTROL], [*arms[CONTROL + 1 :], held_out]
    said = [
        replace(
            arm,
            comparison=compare(
                control.sample,
                arm.sample,
                least_effect=least_effect,
                is_final=is_final,
                comparisons=design.comparisons,
            ),
        )
        for arm in others
    ]
    return [control, *said[:-1]], said[-1]


def horizon_of(experiment: Experiment, design: Design, rounds: Sequence[ExperimentRound]) -> Horizon:
    """When the last window is over, and whether it was measured after that."""
    if experiment.ends_at is None:
        return Horizon(None, is_reached=False)
    at = experiment.ends_at + timedelta(days=design.window_days)
    read_at = rounds[-1].read_at if rounds else None
    return Horizon(at, read_at is not None and read_at >= at)


def holdout_salt_of(merchant: Merchant) -> str:
    """What places customers among those who are held out: the same in all experiments of a merchant, for ever."""
    return f"holdout/{merchant.uuid}"


def held_out_places(design: Design) -> int:
    """How many of 10,000 places get none of the policies."""
    return design.held_out_percent * PLACES // 100


def variant_number(design: Design, code: str) -> int:
    """The number of the variant with this code.

    :raises NotFound: if the experiment has none.
    """
    for number, variant in enumerate(design.variants):
        if variant.code == code:
            return number
    raise NotFound(f"There is no variant {code}.")


def _together(measured: Sequence[Sequence[int]]) -> Sample:
    """What was measured in several rounds, added up."""
    return Sample(*(sum(column) for column in zip(*measured, strict=True))) if measured else Sample()
