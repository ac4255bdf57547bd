"""Encrypting everything with the newest key, so that an older one can be thrown away."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from config.lib.encryption import decrypt, lookup_hash, renew
from config.lib.mailboxes import mailbox_hash

CHUNK = 500
SECRETS = ("secret", "seed")
"""What the sign-in library keeps encrypted of a second factor."""

ADDRESSES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "referrals_customer": {"email": ("email_hash", "mailbox_hash"), "phone": ("phone_hash",)},
    "referrals_invitation": {"email": ("email_hash",)},
    "referrals_shopifyshop": {"secret": (), "previous_secret": ()},
}
"""Where something is encrypted, such as addresses of people, and beside each the hashes by which it is found."""


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
    for table, kept in ADDRESSES.items():
        yield from _all(partial(_rotate_addresses, table, kept), chunk)
    yield from _all(_rotate_second_factors, chunk)


def _all(rotate: Callable[[int, int], Rotated | None], chunk: int) -> Iterator[Rotated]:
    last_id = 0
    while done := rotate(last_id, chunk):
        yield done
        last_id = done.last_id


def _rotate_addresses(table: str, kept: Mapping[str, Sequence[str]], after: int, chunk: int) -> Rotated | None:
    """A chunk of a table whose columns are encrypted, and have their hashes beside them."""
    names = [name for column, hashes in kept.items() for name in (column, *hashes)]
    filled = " OR ".join(f"{column} <> ''" for column in kept)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, {", ".join(names)} FROM {table}
            WHERE id > %s AND ({filled}) ORDER BY id LIMIT %s FOR NO KEY UPDATE
            """,  # noqa: S608 (the names are ours)
            [after, chunk],
        )
        rows = [(id_, *(bytes(value or b"") for value in stored)) for id_, *stored in cursor.fetchall()]
        changed, unreadable = [], 0
        for id_, *values in rows:
            stored = dict(zip(names, values, strict=True))
            try:
                renewed = [value for column, hashes in kept.items() for value in _renewed(stored[column], hashes)]
            except InvalidToken:
                unreadable += 1
                continue
            if renewed != [value if name in kept else value or None for name, value in stored.items()]:
                changed.append((*renewed, id_))
        assigned = ", ".join(f"{name} = %s" for name in names)
        cursor.executemany(f"UPDATE {table} SET {assigned} WHERE id = %s", changed)  # noqa: S608 (the names are ours)
    return Rotated(rows[-1][0], len(changed), unreadable) if rows else None


def _renewed(stored: bytes, hashes: Sequence[str]) -> list[bytes | None]:
    text = decrypt(stored)
    return [renew(stored), *(mailbox_hash(text) if name == "mailbox_hash" else lookup_hash(text) for name in hashes)]


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
