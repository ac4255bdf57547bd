"""Bringing versions of policies into force, at once or at a moment to come, and out of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Greatest

from config.lib.errors import DomainError
from referrals.models.merchants import Merchant
from rewards.models.policies import ChangeAction, Policy, PolicyVersion, VersionStatus
from rewards.services.policies.changes import By, record_change
from rewards.services.policies.drafts import draft_of, hold_policy
from rewards.services.policies.words import Words, check_words, refuse_failing


class NotInThePast(DomainError):
    """What policies give changes now or later, never for what has happened."""

    code = "not_in_the_past"


class NotInForce(DomainError):
    """This policy is not in force, and no version of it is to come."""

    code = "not_in_force"


def publish_draft(*, merchant: Merchant, code: str, by: By, now: datetime, at: datetime | None = None) -> PolicyVersion:
    """Publish the draft of a policy, if its examples pass; what was to be in force from then on is not.

    :param at: from when it is in force; None: now.
    :raises NotFound: if there is no such policy, or it has no draft.
    :raises NotInThePast: if the moment is over.
    :raises PolicyInvalid: if its words cannot be used any more, as when an option that it gives has gone.
    :raises ExamplesFail: if an example gives something else than it says.
    """
    moment = _moment(at, now)
    with transaction.atomic():
        policy = hold_policy(merchant, code)
        draft = draft_of(policy)
        refuse_failing(check_words(merchant, Words(draft.definition, draft.examples)))
        end_versions([policy], moment)
        draft.status, draft.published_at, draft.effective_at = VersionStatus.PUBLISHED, now, moment
        draft.author = by.user or draft.author
        draft.save(update_fields=["status", "published_at", "effective_at", "author"])
        record_change(draft, ChangeAction.PUBLISHED, by, now, after={"effective_at": moment.isoformat()})
    return draft


def retire_policy(*, merchant: Merchant, code: str, by: By, now: datetime, at: datetime | None = None) -> None:
    """End a policy: what is in force ends at the moment, and what was to come after it does not come.

    :param at: from when it is no longer in force; None: now.
    :raises NotFound: if there is no such policy.
    :raises NotInThePast: if the moment is over.
    :raises NotInForce: if there is nothing to end.
    """
    moment = _moment(at, now)
    with transaction.atomic():
        policy = hold_policy(merchant, code)
        ended = list(_lasting([policy], moment))
        if not ended:
            raise NotInForce
        end_versions([policy], moment)
        for version in ended:
            record_change(version, ChangeAction.RETIRED, by, now, after={"retired_at": moment.isoformat()})


def end_versions(policies: Iterable[Policy], at: datetime) -> None:
    """Let nothing of these policies be in force from a moment on; call it with the policies locked."""
    _lasting(policies, at).update(status=VersionStatus.RETIRED, retired_at=Greatest("effective_at", _value(at)))


def _lasting(policies: Iterable[Policy], at: datetime) -> QuerySet[PolicyVersion]:
    """The versions that are in force at a moment, or will be after it."""
    lasts = Q(retired_at=None) | Q(retired_at__gt=Greatest("effective_at", _value(at)))
    return PolicyVersion.objects.filter(lasts, policy__in=policies).exclude(status=VersionStatus.DRAFT)


def _value(moment: datetime) -> Value:
    return Value(moment, output_field=DateTimeField())


def _moment(at: datetime | None, now: datetime) -> datetime:
    if at is not None and at < now:
        raise NotInThePast
    return at or now
