"""Encrypting coupons' codes with the newest key, so that an older one can be thrown away."""

from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from config.lib.encryption import decrypt, keyed_hash, renew
from referrals.services.rotation import CHUNK, Rotated


def rotate_coupons(*, chunk: int = CHUNK) -> Iterator[Rotated]:
    """Encrypt all codes with the first key and make their hashes anew, a chunk in each transaction.

    :param chunk: rows in a transaction; they are locked until it ends.
    """
    last_id = 0
    while done := _rotate(last_id, chunk):
        yield done
        last_id = done.last_id


def _rotate(after: int, chunk: int) -> Rotated | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code, code_hash FROM rewards_coupon WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE",
            [after, chunk],
        )
        rows = [(id_, bytes(code), bytes(code_hash)) for id_, code, code_hash in cursor.fetchall()]
        changed, unreadable = [], 0
        for id_, code, code_hash in rows:
            try:
                renewed = renew(code), keyed_hash(decrypt(code).encode())
            except InvalidToken:
                unreadable += 1
                continue
            if renewed != (code, code_hash):
                changed.append((*renewed, id_))
        cursor.executemany("UPDATE rewards_coupon SET code = %s, code_hash = %s WHERE id = %s", changed)
    return Rotated(rows[-1][0], len(changed), unreadable) if rows else None
