"""Telling a person all that is known of them, and writing down that they were told."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from referrals.models.audit import AuditAction
from referrals.models.customers import Customer
from referrals.services.audit import record_audit
from rewards.selectors.person import everything_about

KNOWN_ABOVE: list[Callable[[Customer], dict[str, Any]]] = []
"""What floors above know of a customer; they join when the product starts."""


def export_customer(*, customer: Customer, now: datetime, reason: str, actor: str = "command") -> dict[str, Any]:
    """Everything about a customer, ready for JSON.

    :param reason: why, as a code such as `customer_request`.
    :param actor: who asks, in a word that is not a name.
    """
    with transaction.atomic():
        told = everything_about(customer=customer, now=now)
        for known in KNOWN_ABOVE:
            told |= known(customer)
        record_audit(action=AuditAction.EXPORTED, customers=[customer], actor=actor, reason=reason, now=now)
    return told
