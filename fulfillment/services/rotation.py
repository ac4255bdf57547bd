"""Encrypting what the top floor keeps with the newest key: secrets, addresses, notes and photos."""

from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from config.lib.encryption import renew
from referrals.services.rotation import CHUNK, Rotated

_ENCRYPTED = {
    "fulfillment_webhookendpoint": ("secret", "previous_secret"),
    "fulfillment_pushsubscription": ("endpoint",),
    "fulfillment_shipment": ("address",),
    "fulfillment_note": ("text",),
    "fulfillment_photo": ("content",),
}


_LARGE = {"fulfillment_photo": 20}
"""Tables of which fewer rows are read together."""


def rotate_secrets(*, chunk: int = CHUNK) -> Iterator[Rotated]:
    """Encrypt all rows with the first key, a chunk in each transaction; a row that no key reads stays as it is.

    :param chunk: rows in a transaction; they are locked until it ends.
    """
    for table, columns in _ENCRYPTED.items():
        last_id = 0
        while done := _rotate(table, columns, last_id, min(chunk, _LARGE.get(table, chunk))):
            yield done
            last_id = done.last_id


def _rotate(table: str, columns: tuple[str, ...], after: int, chunk: int) -> Rotated | None:
    # The names are ours: nothing here can be injected.
    names, places = ", ".join(columns), ", ".join(f"{column} = %s" for column in columns)
    read = f"SELECT id, {names} FROM {table} WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE"  # noqa: S608 (above)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(read, [after, chunk])
        rows = [(id_, [bytes(value or b"") for value in stored]) for id_, *stored in cursor.fetchall()]
        changed, unreadable = [], 0
        for id_, stored in rows:
            try:
                renewed = [renew(value) for value in stored]
            except InvalidToken:
                unreadable += 1
                continue
            if renewed != stored:
                changed.append((*renewed, id_))
        cursor.executemany(f"UPDATE {table} SET {places} WHERE id = %s", changed)  # noqa: S608 (above)
    return Rotated(rows[-1][0], len(changed), unreadable) if rows else None
