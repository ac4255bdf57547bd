"""Encrypting everything with the newest key, so that an older one can be thrown away."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from config.lib.encryption import decrypt, lookup_hash, renew
from config.lib.mailboxes import mailbox_hash

CHUNK = 500
SECRETS = ("secret", "seed")
"""What the sign-in library keeps encrypted of a second factor."""


class Rotated(NamedTuple):
    """A chunk of rows: the last id in it, how many rows were written anew, and how many no key reads."""

    last_id: int
    rewritten: int
    unreadable: int


def rotate_keys(*, chunk: int = CHUNK) -> Iterator[Rotated]:
    """Encrypt all rows with the first key and make their lookup hashes anew, a chunk in each transaction.

    What is right already is not written again, so that after an interruption the next run goes on. A row that none of
    the keys reads stays as it is.

    :param chunk: rows in a transaction; they are locked until it ends.
    """
    yield from _all(_rotate_customers, chunk)
    yield from _all(_rotate_second_factors, chunk)


def _all(rotate: Callable[[int, int], Rotated | None], chunk: int) -> Iterator[Rotated]:
    last_id = 0
    while done := rotate(last_id, chunk):
        yield done
        last_id = done.last_id


def _rotate_customers(after: int, chunk: int) -> Rotated | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, email, email_hash, mailbox_hash, phone, phone_hash FROM referrals_customer
            WHERE id > %s AND (email <> '' OR phone <> '') ORDER BY id LIMIT %s FOR NO KEY UPDATE
            """,
            [after, chunk],
        )
        rows = [(id_, *(bytes(value or b"") for value in stored)) for id_, *stored in cursor.fetchall()]
        changed, unreadable = [], 0
        for id_, email, email_hash, mailbox, phone, phone_hash in rows:
            try:
                address = decrypt(email)
                renewed = (renew(email), lookup_hash(address), mailbox_hash(address), *_renewed(phone))
            except InvalidToken:
                unreadable += 1
                continue
            if renewed != (email, email_hash or None, mailbox or None, phone, phone_hash or None):
                changed.append((*renewed, id_))
        cursor.executemany(
            "UPDATE referrals_customer SET email = %s, email_hash = %s, mailbox_hash = %s, phone = %s,"
            " phone_hash = %s WHERE id = %s",
            changed,
        )
    return Rotated(rows[-1][0], len(changed), unreadable) if rows else None


def _renewed(stored: bytes) -> tuple[bytes, bytes | None]:
    return renew(stored), lookup_hash(decrypt(stored))


def _rotate_second_factors(after: int, chunk: int) -> Rotated | None:
    with transaction.atomic():
        factors = list(Authenticator.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:chunk])
        rewritten = unreadable = 0
        for factor in factors:
            kept = {name: factor.data[name] for name in SECRETS if name in factor.data}
            try:
                renewed = {name: renew(secret.encode()).decode() for name, secret in kept.items()}
            except InvalidToken:
                unreadable += 1
                continue
            if renewed != kept:
                factor.data |= renewed
                factor.save(update_fields=["data"])
                rewritten += 1
    return Rotated(factors[-1].pk, rewritten, unreadable) if factors else None
