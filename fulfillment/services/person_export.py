"""Telling a person all that is known of them, and writing down that they were told."""

from datetime import datetime
from typing import Any

from django.db import transaction

from fulfillment.selectors.person import everything_about
from referrals.models.audit import AuditAction
from referrals.models.customers import Customer
from referrals.services.audit import record_audit


def export_customer(*, customer: Customer, now: datetime, reason: str, actor: str = "command") -> dict[str, Any]:
    """Everything about a customer, ready for JSON.

    :param reason: why, as a code such as `customer_request`.
    :param actor: who asks, in a word that is not a name.
    """
    with transaction.atomic():
        told = everything_about(customer=customer, now=now)
        record_audit(action=AuditAction.EXPORTED, customers=[customer], actor=actor, reason=reason, now=now)
    return told
