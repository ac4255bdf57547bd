"""The policies in force, compiled once and kept until others are."""

from datetime import datetime

from rewards.engine.definition import parse
from rewards.engine.policy import PolicySet, compile_policy
from rewards.models.policies import PolicyVersion
from rewards.selectors.experiments import trials_of

_kept: dict[int, tuple[tuple[tuple[int, int | None, int | None], ...], PolicySet]] = {}


def policies_in_force(merchant_id: int, now: datetime) -> PolicySet:
    """The policies of a merchant that are in force at `now`.

    Which versions are in force, and who gets them, is read each time, in one row a policy; they are compiled when that
    has changed.
    """
    published = PolicyVersion.objects.in_force(now).filter(merchant=merchant_id).order_by("id")
    in_force = tuple(published.values_list("id", "policy__experiment", "policy__experiment__revision"))
    known, policies = _kept.get(merchant_id, ((), PolicySet(())))
    if in_force != known:
        experiments = {experiment for _, experiment, _ in in_force if experiment is not None}
        trials = trials_of(merchant_id=merchant_id, experiment_ids=experiments) if experiments else {}
        rows = published.filter(id__in=[version_id for version_id, _, _ in in_force])
        policies = PolicySet(
            compile_policy(
                policy_id=policy_id,
                version_id=version_id,
                code=code,
                definition=parse(definition),
                trial=trials.get(experiment_id),
            )
            for version_id, policy_id, experiment_id, code, definition in rows.values_list(
                "id", "policy_id", "policy__experiment", "policy__code", "definition"
            )
        )
        _kept[merchant_id] = (in_force, policies)
    return policies
