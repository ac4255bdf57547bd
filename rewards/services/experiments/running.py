"""Experiments begin, are measured, and end."""

from datetime import datetime, timedelta
from math import sqrt
from random import Random
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from rewards.engine.definition import Definition, parse
from rewards.engine.experiments.assignment import CONTROL, Round, salt_of, shared_out
from rewards.engine.experiments.definition import FIXED, THOMPSON, Design, parse_design
from rewards.engine.experiments.statistics import Sample, customers_needed
from rewards.engine.experiments.thompson import Outcome, next_shares
from rewards.engine.kinds.points import PointsEffect
from rewards.models.campaigns import Campaign
from rewards.models.experiments import Experiment, ExperimentRound, ExperimentState
from rewards.models.policies import Policy, PolicyVersion
from rewards.selectors.experiments import held_out_places, holdout_salt_of, horizon_of, variant_number
from rewards.selectors.measuring import Measured, Measuring, measure
from rewards.services.experiments.designs import HasBegun

READ_EVERY = timedelta(days=1)


class NotRunning(DomainError):
    """Only an experiment that runs can be stopped."""

    code = "experiment_not_running"


class PolicyNotReady(DomainError):
    """Each policy that is compared must be in force, and in no other experiment that runs."""

    code = "policy_not_ready"


class NoHistory(DomainError):
    """Nobody has bought before, so nothing can be planned: say what mean and deviation you expect."""

    code = "no_history"


class NoBudget(DomainError):
    """Incentives that are tried are fixed points out of the budget of one campaign."""

    code = "no_budget"


def start_experiment(*, experiment_id: int, now: datetime) -> Experiment:
    """Begin an experiment: from now on each customer gets the policy of their variant alone.

    How many customers each variant needs is computed here, from what customers did in one window before, or from what
    the definition expects.

    :raises HasBegun: if it has begun.
    :raises PolicyNotReady: if a policy is not in force, or in another experiment that runs.
    :raises NoBudget: if shares shall follow what is learned, and a policy gives no fixed points out of one budget.
    :raises NoHistory: if there is nothing to plan from.
    """
    with transaction.atomic():
        experiment = Experiment.objects.select_for_update(no_key=True).get(pk=experiment_id)
        if experiment.state != ExperimentState.DRAFT:
            raise HasBegun
        design = parse_design(experiment.definition)
        said = _claim_policies(experiment, design, now)
        if design.method == THOMPSON:
            _budget(experiment, said)
        experiment.plan = _plan(experiment, design, now)
        experiment.state = ExperimentState.RUNNING
        experiment.started_at, experiment.ends_at = now, now + timedelta(days=design.days)
        experiment.revision += 1
        experiment.save(update_fields=["plan", "state", "started_at", "ends_at", "revision"])
        _open_round(experiment, Round(0, now, shared_out([variant.share for variant in design.variants])))
    return experiment


def stop_experiment(*, experiment_id: int, winner: str, now: datetime) -> Experiment:
    """End an experiment: from now on everybody gets the policy of one variant, but for those who are held out.

    What was measured last stays as it is.

    :param winner: the code of that variant.
    :raises NotRunning: if it does not run.
    :raises NotFound: if it has no such variant.
    """
    with transaction.atomic():
        experiment = Experiment.objects.select_for_update(no_key=True).get(pk=experiment_id)
        if experiment.state != ExperimentState.RUNNING:
            raise NotRunning
        variant_number(parse_design(experiment.definition), winner)
        _stop(experiment, winner, now)
    return experiment


def advance_experiments(*, now: datetime) -> int:
    """Measure what is due in experiments that run, and open the next round where shares follow what was learned.

    An experiment with fixed shares is measured once a day, and for the last time when its horizon is reached; then it
    waits for somebody to choose. One by Thompson sampling ends by itself when its time is over, or when its campaign
    has not so much left that each incentive could be given: then everybody gets what the control gets.

    :returns: how many were measured.
    """
    due = 0
    for pk in Experiment.objects.filter(state=ExperimentState.RUNNING).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            running = Experiment.objects.filter(pk=pk, state=ExperimentState.RUNNING)
            experiment = running.select_for_update(no_key=True, skip_locked=True).first()
            if experiment is not None:
                due += _advance(experiment, parse_design(experiment.definition), now)
    return due


def _advance(experiment: Experiment, design: Design, now: datetime) -> bool:
    last = _last_round(experiment)
    if design.method == FIXED:
        horizon = horizon_of(experiment, design, [last])
        is_over = horizon.at is not None and now >= horizon.at
        is_recent = last.read_at is not None and now - last.read_at < READ_EVERY
        if horizon.is_reached or (is_recent and not is_over):
            return False
        _read(experiment, design, last, now)
        return True
    if now < last.starts_at + timedelta(days=design.window_days):
        return False
    _read(experiment, design, last, now)
    if experiment.ends_at is None or now >= experiment.ends_at or _is_spent(experiment, design, now):
        _stop(experiment, design.variants[CONTROL].code, now)
        return True
    outcomes = [
        Outcome(sum(arm[0] for arm in arms), sum(arm[1] for arm in arms))
        for arms in zip(*experiment.rounds.values_list("arms", flat=True), strict=True)
    ]
    number = last.number + 1
    # Seeded by the salt, so that whoever asks later why a share was given can draw it again.
    shares = next_shares(outcomes, chance=Random(salt_of(experiment.salt, number)))  # noqa: S311 (nobody gains by guessing)
    _open_round(experiment, Round(number, now, shares))
    experiment.revision += 1
    experiment.save(update_fields=["revision"])
    return True


def _claim_policies(experiment: Experiment, design: Design, now: datetime) -> list[Definition]:
    """Let the experiment say who gets its policies.

    :returns: what they say.
    """
    policies = Policy.objects.filter(merchant=experiment.merchant_id, code__in=design.policies).order_by("pk")
    claimed = list(policies.select_for_update(no_key=True))
    busy = Policy.objects.filter(pk__in=[each.pk for each in claimed], experiment__state=ExperimentState.RUNNING)
    if code := busy.values_list("code", flat=True).first():
        raise PolicyNotReady(_("%(code)s is in another experiment that runs.") % {"code": code})
    said = PolicyVersion.objects.in_force(now).filter(policy__in=claimed)
    definitions = {version.policy_id: parse(version.definition) for version in said}
    ready = {each.code for each in claimed if each.pk in definitions}
    if missing := set(design.policies) - ready:
        raise PolicyNotReady(_("Not in force: %(codes)s.") % {"codes": ", ".join(sorted(missing))})
    Policy.objects.filter(pk__in=[each.pk for each in claimed]).update(experiment=experiment)
    return list(definitions.values())


def _budget(experiment: Experiment, said: list[Definition]) -> tuple[Campaign, int]:
    """The campaign out of whose budget policies give, and the most that one of them gives at once."""
    gives = [give for each in said if isinstance(give := each.give, PointsEffect) and give.is_the_same_for_all]
    codes = {each.campaign for each in said}
    campaign = Campaign.objects.filter(merchant=experiment.merchant_id, code__in=codes, budget__isnull=False).first()
    if len(gives) < len(said) or len(codes) != 1 or campaign is None:
        raise NoBudget
    return campaign, max(int(give.rate) for give in gives)


def _is_spent(experiment: Experiment, design: Design, now: datetime) -> bool:
    """Whether not every incentive could be given once more; then customers of the variants are no longer equal."""
    in_force = PolicyVersion.objects.in_force(now).filter(
        policy__merchant=experiment.merchant_id, policy__code__in=design.policies
    )
    try:
        campaign, stake = _budget(experiment, [parse(version.definition) for version in in_force])
    except NoBudget:
        return True
    return campaign.budget is not None and campaign.budget - campaign.given < stake


def _plan(experiment: Experiment, design: Design, now: datetime) -> dict[str, Any]:
    """What customers do now, the least effect that matters, and how many customers each variant needs."""
    if design.expected is not None:
        mean, deviation = map(float, design.expected)
    else:
        window = timedelta(days=design.window_days)
        before = _measure(experiment, design, Round(0, now - window, (5_000, 5_000)), now - window, now, held_out=0)
        everybody = Sample(*(sum(column) for column in zip(*map(msgspec.structs.astuple, before.arms), strict=True)))
        mean, deviation = everybody.mean, sqrt(everybody.variance)
    if mean <= 0 or deviation <= 0:
        raise NoHistory
    least_effect = mean * design.least_effect_percent / 100
    return {
        "mean": mean,
        "deviation": deviation,
        "least_effect": least_effect,
        "customers_needed": customers_needed(
            mean=mean, deviation=deviation, least_effect=least_effect, comparisons=design.comparisons
        ),
    }


def _read(experiment: Experiment, design: Design, last: ExperimentRound, now: datetime) -> None:
    """Measure a round: of fixed shares all who entered until the end, else all who were there when it began."""
    until = experiment.ends_at if design.method == FIXED and experiment.ends_at else last.starts_at
    round_ = Round(last.number, last.starts_at, tuple(last.shares))
    measured = _measure(experiment, design, round_, until, now, held_out=held_out_places(design))
    last.arms = [list(msgspec.structs.astuple(arm)) for arm in measured.arms]
    last.held_out = list(msgspec.structs.astuple(measured.held_out))
    last.read_at = now
    last.save(update_fields=["arms", "held_out", "read_at"])


def _measure(
    experiment: Experiment, design: Design, round_: Round, until: datetime, now: datetime, *, held_out: int
) -> Measured:
    asked = Measuring(
        merchant_id=experiment.merchant_id,
        measure=design.measure,
        since=round_.starts_at,
        until=until,
        window=timedelta(days=design.window_days),
        salt=salt_of(experiment.salt, round_.number),
        shares=round_.shares,
        holdout_salt=holdout_salt_of(experiment.merchant),
        held_out=held_out,
    )
    return measure(asked, now=now)


def _open_round(experiment: Experiment, round_: Round) -> None:
    ExperimentRound.objects.create(
        merchant=experiment.merchant,
        experiment=experiment,
        number=round_.number,
        starts_at=round_.starts_at,
        shares=list(round_.shares),
    )


def _last_round(experiment: Experiment) -> ExperimentRound:
    return experiment.rounds.order_by("number").reverse()[0]


def _stop(experiment: Experiment, winner: str, now: datetime) -> None:
    experiment.state = ExperimentState.STOPPED
    experiment.stopped_at, experiment.winner = now, winner
    experiment.revision += 1
    experiment.save(update_fields=["state", "stopped_at", "winner", "revision"])
