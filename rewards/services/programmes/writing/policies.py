"""Writing policies: what a version says never changes, so another definition is another version."""

from datetime import datetime
from typing import Any

from referrals.models.merchants import Merchant
from rewards.models.policies import ChangeAction, Policy, PolicyVersion, VersionStatus
from rewards.services.policies.changes import PROGRAMME, record_change
from rewards.services.policies.drafts import next_number
from rewards.services.policies.publishing import end_versions
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Action, Plan


def write_policies(merchant: Merchant, programme: Programme, plan: Plan, now: datetime) -> None:
    """Publish, replace and retire policies, as the plan says; drafts stay as they are."""
    changes = plan.of("policies")
    _retire(merchant, plan.retired("policies"), now)
    for item in programme["policies"]:
        change = changes.get(item["code"])
        if change is None:
            continue
        policy, _ = Policy.objects.update_or_create(
            merchant=merchant, code=item["code"], defaults={"name": item["name"]}
        )
        if change.action is Action.CREATE or change.concerns("definition") or change.concerns("examples"):
            _publish(policy, item, now)


def _publish(policy: Policy, item: dict[str, Any], now: datetime) -> None:
    before = policy.versions.filter(status=VersionStatus.PUBLISHED).first()
    end_versions([policy], now)
    version = PolicyVersion.objects.create(
        merchant_id=policy.merchant_id,
        policy=policy,
        number=next_number(policy),
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
