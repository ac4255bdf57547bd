"""Referral codes: making them, and reading what people type."""

import secrets
from collections.abc import Collection
from datetime import datetime

from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: digits and capitals without I, L, O and U, which are mistaken for others."""

RANDOM_CHARACTERS = 10
TRIES_MAX = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def normalise_code(typed: str) -> str:
    """A code as it is stored, from what a person typed: case, hyphens and look-alikes do not matter."""
    return typed.strip().upper().translate(_READ_AS)[:32]


def check_character(payload: str) -> str:
    """The last character of a generated code (Luhn's algorithm in base 32): it tells a typing slip from a code."""
    total = 0
    for position, character in enumerate(reversed(payload)):
        value = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // len(ALPHABET) + value % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def issue_code(*, customer: Customer, now: datetime) -> ReferralCode:
    """The customer's code; it is made if they have none that is live."""
    return issue_codes(merchant_id=customer.merchant_id, customer_ids=[customer.pk], now=now)[customer.pk]


def issue_codes(*, merchant_id: int, customer_ids: Collection[int], now: datetime) -> dict[int, ReferralCode]:
    """The codes of customers of one merchant; they are made for those who have none that is live.

    Two who ask at once get the same code: the database allows one live code a customer.

    :returns: the codes, by customer.
    """
    for _ in range(TRIES_MAX):
        codes = ReferralCode.objects.filter(customer__in=list(customer_ids), retired_at=None)
        live = {code.customer_id: code for code in codes}
        missing = sorted(set(customer_ids) - live.keys())
        if not missing:
            return live
        # Where a twin was quicker, or (once in 10^15) the code was taken, nothing is written: look again.
        ReferralCode.objects.bulk_create(
            (
                ReferralCode(merchant_id=merchant_id, customer_id=id_, code=_new_code(), created_at=now)
                for id_ in missing
            ),
            ignore_conflicts=True,
        )
    raise RuntimeError("No free referral code was found.")


def _new_code() -> str:
    payload = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return payload + check_character(payload)


def retire_code(*, code: ReferralCode, now: datetime) -> None:
    """End a code; it is never used again."""
    ReferralCode.objects.filter(pk=code.pk, retired_at=None).update(retired_at=now)
