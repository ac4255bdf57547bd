"""Writing policies: what a version says never changes, so another definition is another version."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from referrals.models.merchants import Merchant
from rewards.models.policies import ChangeAction, Policy, PolicyVersion, VersionStatus
from rewards.services.policies.changes import PROGRAMME, record_change
from rewards.services.policies.publishing import end_versions
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Action, Change, Plan
from rewards.services.programmes.writing.items import write_items


def write_policies(merchant: Merchant, programme: Programme, plan: Plan, now: datetime) -> None:
    """Publish, replace and retire policies, as the plan says; drafts stay as they are."""
    changes = plan.of("policies")
    _retire(merchant, plan.retired("policies"), now)
    changed = [item for item in programme["policies"] if item["code"] in changes]
    write_items(Policy, [{"code": item["code"], "name": item["name"]} for item in changed], merchant=merchant)
    _publish(merchant, [item for item in changed if _says_something_else(changes[item["code"]])], now)


def _says_something_else(change: Change) -> bool:
    return change.action is Action.CREATE or change.concerns("definition") or change.concerns("examples")


def _publish(merchant: Merchant, items: list[dict[str, Any]], now: datetime) -> None:
    found = Policy.objects.filter(merchant=merchant, code__in=[item["code"] for item in items])
    policies = {policy.code: policy for policy in found.annotate(newest=Max("versions__number"))}
    published = PolicyVersion.objects.filter(policy__in=found, status=VersionStatus.PUBLISHED).order_by("-number")
    # Of several that are published, the others are yet to come.
    before = {version.policy_id: version for version in published}
    end_versions(policies.values(), now)
    for item in items:
        policy = policies[item["code"]]
        _publish_version(policy, (policy.newest or 0) + 1, item, before.get(policy.pk), now)


def _publish_version(
    policy: Policy, number: int, item: dict[str, Any], before: PolicyVersion | None, now: datetime
) -> None:
    version = PolicyVersion.objects.create(
        merchant_id=policy.merchant_id,
        policy=policy,
        number=number,
        definition=item["definition"],
        examples=item["examples"],
        status=VersionStatus.PUBLISHED,
        published_at=now,
        effective_at=now,
    )
    record_change(
        version,
        ChangeAction.PUBLISHED,
        PROGRAMME,
        now,
        before={"definition": before.definition, "examples": before.examples} if before else None,
        after={"definition": version.definition, "examples": version.examples},
    )


def _retire(merchant: Merchant, codes: list[str], now: datetime) -> None:
    policies = Policy.objects.filter(merchant=merchant, code__in=codes)
    ended = PolicyVersion.objects.filter(policy__in=policies, status=VersionStatus.PUBLISHED).select_related("policy")
    for version in list(ended):
        record_change(version, ChangeAction.RETIRED, PROGRAMME, now, after={"retired_at": now.isoformat()})
    end_versions(policies, now)
