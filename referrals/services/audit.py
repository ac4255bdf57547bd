"""Writing down who dealt with what is known of a person."""

from collections.abc import Sequence
from datetime import datetime

from referrals.models.audit import AuditAction, AuditRecord
from referrals.models.customers import Customer


def record_audit(*, action: AuditAction, customers: Sequence[Customer], actor: str, reason: str, now: datetime) -> None:
    """Write down that something was done, in the transaction that does it.

    :param customers: whom it was done to; of one merchant.
    :param actor: who did it, in a word that is not a name: `command`, `key:<prefix>`, `user:<id>`.
    :param reason: why, as a code.
    """
    AuditRecord.objects.create(
        merchant_id=customers[0].merchant_id,
        action=action,
        subjects=[customer.pk for customer in customers],
        actor=actor,
        reason=reason,
        recorded_at=now,
    )
