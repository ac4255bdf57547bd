"""Statements that are run so often that PostgreSQL should plan them once a connection."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

_kept = threading.local()
_MOMENTS = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, psycopg.pq.Format.TEXT)


def execute_prepared(statement: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement as a prepared one, within the transaction that is open, if one is.

    The ORM's cursor sends values inside the text of a statement, which is then parsed and planned anew each time;
    for a statement of many tables that costs more than running it. It also reads each moment with Python code; here
    they are read by psycopg's own loader, which is compiled and takes a tenth of the time.

    :returns: the rows, if the statement returns any.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = _cursor().execute(statement, params, prepare=True)
        return cursor.fetchall() if cursor.description else []


def _cursor() -> "psycopg.Cursor[tuple[Any, ...]]":
    """The cursor of this thread's connection: made once, because it learns how to send and read each type."""
    cursor: psycopg.Cursor[tuple[Any, ...]] | None = getattr(_kept, "cursor", None)
    if cursor is None or cursor.connection is not connection.connection:
        cursor = _kept.cursor = psycopg.Cursor(connection.connection)
        if _MOMENTS is not None:
            cursor.adapters.register_loader("timestamptz", _MOMENTS)
    return cursor
