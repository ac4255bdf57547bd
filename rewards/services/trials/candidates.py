"""The policies that are tried: those in force, with some in other words, or away."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from referrals.models.merchants import Merchant
from rewards.engine.definition import parse
from rewards.engine.experiments.assignment import Trial
from rewards.engine.policy import CompiledPolicy, PolicySet, compile_policy
from rewards.models.policies import Policy, VersionStatus
from rewards.services.evaluation.policies import policies_in_force
from rewards.services.policies.drafts import NoDraft
from rewards.services.policies.words import read_definition

Candidate = Mapping[str, Mapping[str, Any] | None]
"""What is tried, by the code of the policy: a definition, or None for the policy away."""


def candidate_of(
    merchant: Merchant, *, drafts: Iterable[str] = (), definitions: Candidate | None = None
) -> dict[str, Any]:
    """What shall be tried: drafts as they stand now, and definitions as they are given.

    :param drafts: codes of policies whose drafts are tried.
    :raises PolicyInvalid: if a definition cannot be used.
    :raises NoDraft: if one of the policies has no draft.
    """
    found = Policy.objects.filter(merchant=merchant, code__in=set(drafts), versions__status=VersionStatus.DRAFT)
    candidate: dict[str, Any] = dict(found.values_list("code", "versions__definition"))
    if missing := set(drafts) - candidate.keys():
        raise NoDraft(_("There is no draft of %(codes)s.") % {"codes": ", ".join(sorted(missing))})
    for code, definition in candidate.items():
        read_definition(merchant, definition, f"/drafts/{code}")
    for code, definition in (definitions or {}).items():
        if definition is not None:
            read_definition(merchant, definition, f"/definitions/{code}")
        candidate[code] = definition
    return candidate


def policies_tried(merchant: Merchant, candidate: Candidate, now: datetime) -> PolicySet:
    """The policies in force at `now`, with the candidate's in place of theirs."""
    in_force = policies_in_force(merchant.pk, now).policies
    known = dict(Policy.objects.filter(merchant=merchant, code__in=list(candidate)).values_list("code", "pk"))
    trials = {policy.code: policy.trial for policy in in_force}
    tried = [
        _compiled(code, known.get(code, -number), definition, trials.get(code))
        for number, (code, definition) in enumerate(candidate.items(), start=1)
        if definition is not None
    ]
    return PolicySet([*(policy for policy in in_force if policy.code not in candidate), *tried])


def _compiled(code: str, policy_id: int, definition: Mapping[str, Any], trial: Trial | None) -> CompiledPolicy:
    """A policy that is tried has no version; one that does not exist yet has a number below zero."""
    return compile_policy(policy_id=policy_id, version_id=0, code=code, definition=parse(definition), trial=trial)
