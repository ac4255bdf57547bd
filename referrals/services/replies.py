"""Answering a call that moves points once, however often it is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction

from config.lib.idempotency import Call, KeyInUse, KeyReused, Reply
from referrals.models.replies import IdempotencyRecord

KEPT = timedelta(days=30)
"""How long an answer is given again. Its effect has a name in the ledger, and stays single for ever."""

CHUNK = 5_000


def reply_once(
    *, api_key_id: int, call: Call, now: datetime, act: Callable[[], tuple[int, Mapping[str, Any]]]
) -> Reply:
    """Do what a call asks for and keep the answer, in one transaction; or give the answer that it had before.

    What is refused leaves nothing behind, so the same key may be sent again once the mistake is mended.

    :param act: does it, and returns the status and the body of the answer.
    :raises KeyInUse: if the same call is being answered at this moment.
    :raises KeyReused: if the key was sent with something else.
    """
    with transaction.atomic():
        _take_turn(f"{api_key_id} {call.digest}")
        known = IdempotencyRecord.objects.filter(pk=(api_key_id, call.method, call.route, call.key)).first()
        if known is not None:
            if bytes(known.content_hash) != call.content_hash:
                raise KeyReused
            return Reply(known.status, bytes(known.body), is_replayed=True)
        status, answer = act()
        body = msgspec.json.encode(answer)
        IdempotencyRecord.objects.create(
            api_key_id=api_key_id,
            method=call.method,
            route=call.route,
            key=call.key,
            content_hash=call.content_hash,
            status=status,
            body=body,
            answered_at=now,
        )
        return Reply(status, body, is_replayed=False)


def forget_replies(*, now: datetime, limit: int = CHUNK) -> int:
    """Delete the answers that are older than 30 days.

    :param limit: rows in a statement.
    :returns: how many were deleted.
    """
    forgotten = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                """
                DELETE FROM referrals_idempotencyrecord WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM referrals_idempotencyrecord WHERE answered_at < %s LIMIT %s))
                """,
                [now - KEPT, limit],
            )
            deleted: int = cursor.rowcount
            forgotten += deleted
            if deleted < limit:
                return forgotten


def _take_turn(name: str) -> None:
    """Go on only if nobody else is at work under this name, until the transaction ends.

    :raises KeyInUse: otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        (is_free,) = cursor.fetchone()
    if not is_free:
        raise KeyInUse
