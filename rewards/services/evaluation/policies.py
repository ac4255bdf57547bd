"""The policies in force, compiled once and kept until another version is published."""

from config.lib.prepared import execute_prepared
from rewards.engine.definition import parse
from rewards.engine.policy import PolicySet, compile_policy
from rewards.models.policies import PolicyVersion, VersionStatus

_kept: dict[int, tuple[tuple[int, ...], PolicySet]] = {}


def policies_in_force(merchant_id: int) -> PolicySet:
    """The published policies of a merchant.

    Which versions are in force is read each time, in one row a policy; they are compiled when that has changed.
    """
    rows = execute_prepared(
        "SELECT id FROM rewards_policyversion WHERE merchant_id = %s AND status = %s ORDER BY id",
        [merchant_id, VersionStatus.PUBLISHED],
    )
    version_ids = tuple(version_id for (version_id,) in rows)
    known_ids, policies = _kept.get(merchant_id, ((), PolicySet(())))
    if version_ids != known_ids:
        policies = PolicySet(
            compile_policy(policy_id=policy_id, version_id=version_id, code=code, definition=parse(definition))
            for version_id, policy_id, code, definition in PolicyVersion.objects.filter(id__in=version_ids)
            .order_by("id")
            .values_list("id", "policy_id", "policy__code", "definition")
        )
        _kept[merchant_id] = (version_ids, policies)
    return policies
