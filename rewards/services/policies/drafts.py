"""Writing policies: a draft is made, edited and discarded; only what was never in force may go."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, NotFound
from referrals.models.merchants import Merchant
from rewards.models.policies import ChangeAction, Policy, PolicyVersion, VersionStatus
from rewards.services.policies.changes import By, record_change
from rewards.services.policies.words import Words, check_words

RESERVED_CODES = frozenset({"dry-run"})
"""Words that stand where a policy's code would stand in an address."""


class PolicyExists(DomainError):
    """There is a policy of this code already."""

    code = "policy_exists"


class PolicyInUse(DomainError):
    """A policy that was ever published is not deleted, because awards name it; retire it instead."""

    code = "policy_in_use"


class NoDraft(NotFound):
    """This policy has no draft."""

    code = "no_draft"


def create_policy(*, merchant: Merchant, code: str, name: str, words: Words, by: By, now: datetime) -> PolicyVersion:
    """Make a policy with its first draft.

    :raises PolicyInvalid: if its words cannot be used.
    :raises PolicyExists: if the code is taken.
    """
    check_words(merchant, words)
    if code in RESERVED_CODES:
        raise PolicyExists(_("%(code)s cannot be the code of a policy.") % {"code": code})
    try:
        with transaction.atomic():
            policy = Policy.objects.create(merchant=merchant, code=code, name=name)
            return _make_draft(policy, words, by, now)
    except IntegrityError:
        raise PolicyExists from None


def write_draft(*, merchant: Merchant, code: str, name: str, words: Words, by: By, now: datetime) -> PolicyVersion:
    """Write what the next version of a policy will say, over what its draft says, if there is one.

    :raises NotFound: if there is no such policy.
    :raises PolicyInvalid: if its words cannot be used.
    """
    check_words(merchant, words)
    with transaction.atomic():
        policy = hold_policy(merchant, code)
        if policy.name != name:
            policy.name = name
            policy.save(update_fields=["name"])
        draft = policy.versions.filter(status=VersionStatus.DRAFT).first()
        if draft is None:
            return _make_draft(policy, words, by, now)
        before = _words_of(draft)
        if before.as_json() != words.as_json():
            draft.definition, draft.examples, draft.author = dict(words.definition), list(words.examples), by.user
            draft.save(update_fields=["definition", "examples", "author"])
            record_change(draft, ChangeAction.EDITED, by, now, before=before.as_json(), after=words.as_json())
        return draft


def discard_draft(*, merchant: Merchant, code: str, by: By, now: datetime) -> None:
    """Take a policy's draft away; a policy that has nothing else goes with it.

    :raises NotFound: if there is no such policy, or it has no draft.
    """
    with transaction.atomic():
        policy = hold_policy(merchant, code)
        draft = draft_of(policy)
        record_change(draft, ChangeAction.DISCARDED, by, now, before=_words_of(draft).as_json())
        draft.delete()
        if not policy.versions.exists():
            policy.delete()


def delete_policy(*, merchant: Merchant, code: str, by: By, now: datetime) -> None:
    """Delete a policy that was never published.

    :raises NotFound: if there is no such policy.
    :raises PolicyInUse: if it was.
    """
    with transaction.atomic():
        policy = hold_policy(merchant, code)
        if policy.versions.exclude(status=VersionStatus.DRAFT).exists():
            raise PolicyInUse
        for draft in policy.versions.all():
            record_change(draft, ChangeAction.DELETED, by, now, before=_words_of(draft).as_json())
        policy.versions.all().delete()
        policy.delete()


def hold_policy(merchant: Merchant, code: str) -> Policy:
    """A policy, locked until the transaction ends, so that its versions change one after the other.

    :raises NotFound: if there is no such policy.
    """
    policy = Policy.objects.select_for_update().filter(merchant=merchant, code=code).first()
    if policy is None:
        raise NotFound("There is no such policy.")
    return policy


def draft_of(policy: Policy) -> PolicyVersion:
    """The draft of a policy.

    :raises NoDraft: if there is none.
    """
    draft = policy.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        raise NoDraft
    return draft


def _next_number(policy: Policy) -> int:
    """The number of a policy's next version."""
    return (policy.versions.aggregate(number=Max("number"))["number"] or 0) + 1


def _make_draft(policy: Policy, words: Words, by: By, now: datetime) -> PolicyVersion:
    draft = PolicyVersion.objects.create(
        merchant_id=policy.merchant_id,
        policy=policy,
        number=_next_number(policy),
        definition=dict(words.definition),
        examples=list(words.examples),
        author=by.user,
    )
    record_change(draft, ChangeAction.DRAFTED, by, now, after=words.as_json())
    return draft


def _words_of(version: PolicyVersion) -> Words:
    return Words(version.definition, version.examples)
