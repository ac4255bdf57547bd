"""Writing down what customers agree to."""

import hashlib
from datetime import datetime

from config.lib.encryption import purpose_hashes
from referrals.models.consents import Consent, ConsentPurpose
from referrals.models.customers import Customer


def record_consent(
    *, customer: Customer, purpose: ConsentPurpose, text: str, now: datetime, is_given: bool = True
) -> Consent:
    """Write down that a customer agreed to something, or took it back.

    :param text: the words that they read, as they read them.
    """
    return Consent.objects.create(
        merchant_id=customer.merchant_id,
        customer=customer,
        purpose=purpose,
        is_given=is_given,
        text=text,
        text_version=hashlib.sha256(text.encode()).hexdigest()[:16],
        person_hash=consent_hashes(customer.email)[0] if customer.email else None,
        recorded_at=now,
    )


def consent_hashes(email: str) -> list[bytes]:
    """By what the consents of an e-mail are found when nothing else tells whose they were; the first is the present."""
    return purpose_hashes("consent", email)
