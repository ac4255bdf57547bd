"""Referral codes: making them, and reading what people type."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from config.lib.encryption import lookup_hash
from config.lib.errors import DomainError
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.services.screening import may_be_chosen

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: digits and capitals without I, L, O and U, which are mistaken for others."""

RANDOM_CHARACTERS = 10
GENERATED_LENGTH = RANDOM_CHARACTERS + 1
"""Only generated codes are so long: that is how a slip in one is told from a code that somebody chose."""

TRIES_MAX = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CHOSEN = re.compile(r"[0-9A-Z]{4,32}")


class CodeNotAllowed(DomainError):
    """A chosen code has 4 to 32 letters and digits, but not 11, and no word that misleads or offends."""

    code = "code_not_allowed"
    status = 400


class CodeTaken(DomainError):
    """This code is not free."""

    code = "code_taken"


class CodeTerms(msgspec.Struct, frozen=True):
    """For whom a code is, and when: a window `[starts_at, ends_at)`, a number of friends, one friend."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    uses_max: int | None = None
    friend_id: int | None = None
    friend_email: str = ""


FOR_ALL = CodeTerms()


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


def is_slip(code: str) -> bool:
    """Whether this can only be a generated code with a typing slip: no such code was ever made.

    :param code: as `normalise_code` read it.
    """
    if len(code) != GENERATED_LENGTH:
        return False
    return not set(code) <= set(ALPHABET) or check_character(code[:-1]) != code[-1]


def issue_code(*, customer: Customer, now: datetime) -> ReferralCode:
    """The customer's main code; it is made if they have none that is live."""
    return issue_codes(merchant_id=customer.merchant_id, customer_ids=[customer.pk], now=now)[customer.pk]


def issue_codes(*, merchant_id: int, customer_ids: Collection[int], now: datetime) -> dict[int, ReferralCode]:
    """The main codes of customers of one merchant; they are made for those who have none that is live.

    Two who ask at once get the same code: the database allows one live main code a customer.

    :returns: the codes, by customer.
    """
    for _ in range(TRIES_MAX):
        codes = ReferralCode.objects.filter(customer__in=list(customer_ids), retired_at=None, is_main=True)
        live = {code.customer_id: code for code in codes}
        missing = sorted(set(customer_ids) - live.keys())
        if not missing:
            return live
        # Where a twin was quicker, or (once in 10^15) the code was taken, nothing is written: look again.
        ReferralCode.objects.bulk_create(
            (
                ReferralCode(merchant_id=merchant_id, customer_id=id_, code=new_code(), created_at=now)
                for id_ in missing
            ),
            ignore_conflicts=True,
        )
    raise RuntimeError("No free referral code was found.")


def choose_code(*, customer: Customer, wanted: str, now: datetime) -> ReferralCode:
    """Make the code that somebody chose the customer's main code; the one before goes on working.

    The same choice again changes nothing.

    :raises CodeNotAllowed: if nobody may choose it.
    :raises CodeTaken: if it is, or was, anybody's, or the customer's own under terms.
    """
    code, shown_as = _as_chosen(wanted)
    with transaction.atomic():
        own = _lock_codes_of(customer)
        if (known := own.filter(code=code, retired_at=None).first()) and _terms_of(known) == _kept(FOR_ALL):
            own.filter(is_main=True).exclude(pk=known.pk).update(is_main=False)
            own.filter(pk=known.pk).update(is_main=True)
            known.refresh_from_db()
            return known
        own.filter(is_main=True, retired_at=None).update(is_main=False)
        return _create(customer, code, shown_as, FOR_ALL, is_main=True, now=now)


def add_code(*, customer: Customer, terms: CodeTerms, wanted: str = "", now: datetime) -> ReferralCode:
    """Make a further code for the customer, under terms.

    :param wanted: the code that was chosen; empty to generate one. The same choice again changes nothing.
    :raises CodeNotAllowed: if nobody may choose it.
    :raises CodeTaken: if it is, or was, anybody's, or the customer's own under other terms.
    """
    code, shown_as = _as_chosen(wanted) if wanted else (new_code(), "")
    with transaction.atomic():
        known = _lock_codes_of(customer).filter(code=code, retired_at=None).first()
        if known and _terms_of(known) == _kept(terms):
            return known
        return _create(customer, code, shown_as, terms, is_main=False, now=now)


def replace_code(*, customer: Customer, now: datetime) -> ReferralCode:
    """Retire the customer's main code, and make them another."""
    with transaction.atomic():
        _lock_codes_of(customer).filter(is_main=True, retired_at=None).update(retired_at=now)
        return issue_code(customer=customer, now=now)


def retire_code(*, code: ReferralCode, now: datetime) -> None:
    """End a code; it is never used again."""
    ReferralCode.objects.filter(pk=code.pk, retired_at=None).update(retired_at=now)


def new_code() -> str:
    """A code that nobody can guess, with its check character."""
    payload = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return payload + check_character(payload)


def _as_chosen(wanted: str) -> tuple[str, str]:
    """A chosen code as it is stored, and as it is shown."""
    shown_as = wanted.strip().upper().replace("-", "").replace(" ", "")
    code = normalise_code(shown_as)
    if not _CHOSEN.fullmatch(shown_as) or len(code) == GENERATED_LENGTH or not may_be_chosen(code):
        raise CodeNotAllowed
    return code, shown_as


def _lock_codes_of(customer: Customer) -> QuerySet[ReferralCode]:
    """The customer's codes; nobody else makes or chooses one for them until the transaction ends."""
    Customer.objects.select_for_update().only("pk").get(pk=customer.pk)
    return ReferralCode.objects.filter(customer=customer)


def _kept(terms: CodeTerms) -> dict[str, object]:
    """Terms as columns."""
    kept = msgspec.structs.asdict(terms)
    return {name: value for name, value in kept.items() if name != "friend_email"} | {
        "friend_email_hash": lookup_hash(terms.friend_email)
    }


def _terms_of(code: ReferralCode) -> dict[str, object]:
    email_hash = code.friend_email_hash
    return {
        "starts_at": code.starts_at,
        "ends_at": code.ends_at,
        "uses_max": code.uses_max,
        "friend_id": code.friend_id,
        "friend_email_hash": None if email_hash is None else bytes(email_hash),
    }


def _create(
    customer: Customer, code: str, shown_as: str, terms: CodeTerms, *, is_main: bool, now: datetime
) -> ReferralCode:
    try:
        with transaction.atomic():
            return ReferralCode.objects.create(
                merchant_id=customer.merchant_id,
                customer=customer,
                code=code,
                shown_as=shown_as,
                is_main=is_main,
                created_at=now,
                **_kept(terms),
            )
    except IntegrityError:
        if not ReferralCode.objects.filter(code=code).exists():
            raise
        raise CodeTaken from None
