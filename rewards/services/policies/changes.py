"""Who changed which policy, and from what to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from referrals.models.users import User
from rewards.models.policies import ChangeAction, PolicyChange, PolicyVersion


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: a word such as `user:7`, `key:gv_12ab` or `programme`, and the person, if it is one of staff."""

    actor: str
    user: User | None = None

    @classmethod
    def person(cls, user: User) -> "By":
        """Somebody of staff."""
        return cls(f"user:{user.pk}", user)


PROGRAMME = By("programme")
"""The programme file, applied by whoever runs the command."""


def record_change(
    version: PolicyVersion,
    action: ChangeAction,
    by: By,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record what was done to a version; call it in the transaction that does it."""
    PolicyChange.objects.create(
        merchant_id=version.merchant_id,
        policy_code=version.policy.code,
        number=version.number,
        action=action,
        actor=by.actor,
        before=before,
        after=after,
        recorded_at=now,
    )
