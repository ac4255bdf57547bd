"""Encrypting everything with the newest key, so that an older one can be thrown away."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from config.lib.encryption import decrypt, lookup_hash, renew

CHUNK = 500
SECRETS = ("secret", "seed")
"""What the sign-in library keeps encrypted of a second factor."""

ADDRESSES = {"referrals_customer": ("email", "phone"), "referrals_invitation": ("email",)}
"""Where addresses of people are."""


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
    for table, columns in ADDRESSES.items():
        yield from _all(partial(_rotate_addresses, table, columns), chunk)
    yield from _all(_rotate_second_factors, chunk)


def _all(rotate: Callable[[int, int], Rotated | None], chunk: int) -> Iterator[Rotated]:
    last_id = 0
    while done := rotate(last_id, chunk):
        yield done
        last_id = done.last_id


def _rotate_addresses(table: str, columns: Sequence[str], after: int, chunk: int) -> Rotated | None:
    """A chunk of a table whose columns are encrypted, and have their lookup hashes beside them."""
    pairs = [name for column in columns for name in (column, f"{column}_hash")]
    filled = " OR ".join(f"{column} <> ''" for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, {", ".join(pairs)} FROM {table}
            WHERE id > %s AND ({filled}) ORDER BY id LIMIT %s FOR NO KEY UPDATE
            """,  # noqa: S608 (the names are ours)
            [after, chunk],
        )
        rows = [(id_, *(bytes(value or b"") for value in stored)) for id_, *stored in cursor.fetchall()]
        changed, unreadable = [], 0
        for id_, *stored in rows:
            try:
                renewed = [value for encrypted in stored[::2] for value in _renewed(encrypted)]
            except InvalidToken:
                unreadable += 1
                continue
            if renewed != [value or None if at % 2 else value for at, value in enumerate(stored)]:
                changed.append((*renewed, id_))
        assigned = ", ".join(f"{name} = %s" for name in pairs)
        cursor.executemany(f"UPDATE {table} SET {assigned} WHERE id = %s", changed)  # noqa: S608 (the names are ours)
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
