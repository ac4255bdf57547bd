"""Writing policies: what a version says never changes, so another definition is another version."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max

from referrals.models.merchants import Merchant
from rewards.models.policies import Policy, PolicyVersion, VersionStatus
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Action, Plan


def write_policies(merchant: Merchant, programme: Programme, plan: Plan, now: datetime) -> None:
    """Publish, replace and retire policies, as the plan says."""
    changes = plan.of("policies")
    _retire(Policy.objects.filter(merchant=merchant, code__in=plan.retired("policies")), now)
    for item in programme["policies"]:
        change = changes.get(item["code"])
        if change is None:
            continue
        policy, _ = Policy.objects.update_or_create(
            merchant=merchant, code=item["code"], defaults={"name": item["name"]}
        )
        if change.action is Action.CREATE or change.concerns("definition"):
            _publish(policy, item["definition"], now)


def _publish(policy: Policy, definition: dict[str, Any], now: datetime) -> None:
    _retire([policy], now)
    last = PolicyVersion.objects.filter(policy=policy).aggregate(number=Max("number"))["number"] or 0
    PolicyVersion.objects.create(
        merchant_id=policy.merchant_id,
        policy=policy,
        number=last + 1,
        definition=definition,
        status=VersionStatus.PUBLISHED,
        published_at=now,
    )


def _retire(policies: Iterable[Policy], now: datetime) -> None:
    in_force = PolicyVersion.objects.filter(policy__in=policies, status=VersionStatus.PUBLISHED)
    in_force.update(status=VersionStatus.RETIRED, retired_at=now)
