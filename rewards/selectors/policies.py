"""Policies as staff and other systems read them."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from config.lib.errors import NotFound
from referrals.models.merchants import Merchant
from rewards.models.policies import Policy, PolicyChange, PolicyVersion

_VERSIONS = Prefetch("versions", queryset=PolicyVersion.objects.order_by("-number"))


def list_policies(*, merchant: Merchant, after: int | None, limit: int) -> list[Policy]:
    """Policies with their versions, in the order in which they were made; one more than `limit`, if there are more.

    :param after: the id of the last policy of the page before.
    """
    known = Policy.objects.filter(merchant=merchant, pk__gt=after or 0).order_by("id")
    return list(known.prefetch_related(_VERSIONS)[: limit + 1])


def get_policy(*, merchant: Merchant, code: str) -> Policy:
    """A policy with its versions, the newest first.

    :raises NotFound: if there is no such policy.
    """
    policy = Policy.objects.filter(merchant=merchant, code=code).prefetch_related(_VERSIONS).first()
    if policy is None:
        raise NotFound("There is no such policy.")
    return policy


def changes_of(*, merchant: Merchant, code: str) -> QuerySet[PolicyChange]:
    """Who did what to a policy, the latest first."""
    return PolicyChange.objects.filter(merchant=merchant, policy_code=code).order_by("-id")


def policy_as_json(policy: Policy, now: datetime) -> dict[str, Any]:
    """A policy as other systems read it: what is in force, and all its versions, without their words."""
    versions = [version_as_json(version, now) for version in policy.versions.all()]
    in_force = next((each["number"] for each in versions if each["standing"] == "in_force"), None)
    draft = next((each["number"] for each in versions if each["standing"] == "draft"), None)
    return {"code": policy.code, "name": policy.name, "in_force": in_force, "draft": draft, "versions": versions}


def version_as_json(version: PolicyVersion, now: datetime, *, in_words: bool = False) -> dict[str, Any]:
    """A version as other systems read it.

    :param in_words: with its definition and its examples.
    """
    words = {"definition": version.definition, "examples": version.examples} if in_words else {}
    return {
        "number": version.number,
        "standing": version.standing(now),
        "published_at": version.published_at,
        "effective_at": version.effective_at,
        "retired_at": version.retired_at,
        **words,
    }
