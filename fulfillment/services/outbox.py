"""Reading the outbox: each consumer sees every event once, in order, and marks nothing on the events themselves."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import transaction

from config.lib.prepared import execute_prepared
from fulfillment.models.outbox import OutboxReader

CHUNK = 2_000

_LAST = "SELECT coalesce(max(id), 0) FROM referrals_event"
_LAST_OF_CHUNK = """
    SELECT max(id) FROM (SELECT id FROM referrals_event WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) AS chunk
"""
# The transactions that were open before ours have ended once the oldest that is open began after it.
_IS_SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s"
_OURSELVES = "SELECT pg_current_xact_id()::text::bigint"


class Stretch(NamedTuple):
    """A stretch of the outbox: the events whose ids lie in `(after, upto]`."""

    after: int
    upto: int


def read_outbox(*, name: str, take: Callable[[Stretch], None], chunk: int = CHUNK) -> bool:
    """Hand the next stretch to a consumer, in the transaction that remembers that it was read.

    :param name: of the consumer; two processes that read under one name take turns.
    :param take: writes down what follows from the events, in a fixed number of statements.
    :param chunk: events in a stretch.
    :returns: whether there may be more to read at once.
    """
    OutboxReader.objects.get_or_create(name=name)
    # Read before our own transaction has its number, so that whoever took a lower id has a lower number than we.
    last = _one(_LAST)
    with transaction.atomic():
        reader = OutboxReader.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if reader is None:
            return False
        if reader.position == reader.mark:
            return _set_mark(reader, last)
        if not _one(_IS_SETTLED, reader.mark_transaction):
            return False
        upto = _one(_LAST_OF_CHUNK, reader.position, reader.mark, chunk) or reader.mark
        take(Stretch(reader.position, upto))
        reader.position = upto
        reader.save(update_fields=["position"])
        return True


def _set_mark(reader: OutboxReader, last: int) -> bool:
    if last <= reader.mark:
        return False
    reader.mark, reader.mark_transaction = last, _one(_OURSELVES)
    reader.save(update_fields=["mark", "mark_transaction"])
    return True


def _one(statement: str, *parameters: int) -> int:
    ((value,),) = execute_prepared(statement, list(parameters))
    return value  # type: ignore[no-any-return]  # what a row holds is not known to the type checker
