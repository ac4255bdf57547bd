"""The policies in force, compiled once and kept until others are."""

from datetime import datetime

from rewards.engine.definition import parse
from rewards.engine.policy import PolicySet, compile_policy
from rewards.models.policies import PolicyVersion

_kept: dict[int, tuple[tuple[int, ...], PolicySet]] = {}


def policies_in_force(merchant_id: int, now: datetime) -> PolicySet:
    """The policies of a merchant that are in force at `now`.

    Which versions are in force is read each time, in one row a policy; they are compiled when that has changed.
    """
    published = PolicyVersion.objects.in_force(now).filter(merchant=merchant_id).order_by("id")
    version_ids = tuple(published.values_list("id", flat=True))
    known_ids, policies = _kept.get(merchant_id, ((), PolicySet(())))
    if version_ids != known_ids:
        policies = PolicySet(
            compile_policy(policy_id=policy_id, version_id=version_id, code=code, definition=parse(definition))
            for version_id, policy_id, code, definition in published.filter(id__in=version_ids).values_list(
                "id", "policy_id", "policy__code", "definition"
            )
        )
        _kept[merchant_id] = (version_ids, policies)
    return policies
