"""Proving the books: invariants are questions to the database, and no answer means that all is well.

Each floor states its own in `services/proof.py`; `manage.py verify_ledger` asks all of them in one snapshot.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction

ROWS_SHOWN = 20
TIMEOUT_SECONDS = 600
_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_][a-z0-9_.]*)")


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true.

    :param id: its number in the list of invariants; floors share numbers where the rule is one.
    :param name: its own short name.
    :param sentence: the rule, in words.
    :param sql: gives a row for each thing that breaks the rule: `table`, an id, what is and what should be. It may
        use `%(now)s`, the moment of the proof, so a percent sign in it is written twice.
    """

    id: str
    name: str
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers that a person can read beside the proof: `sql` gives one row, its columns are their names."""

    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What an invariant found: how often it is broken, and the first rows that break it."""

    invariant: Invariant
    violations: int
    rows: list[dict[str, Any]]


@contextmanager
def one_snapshot(*, seconds_max: int = TIMEOUT_SECONDS) -> Iterator[None]:
    """All that is read inside is read as of one moment, and nothing can be written.

    :param seconds_max: how long each statement may take.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # The proof reads whole tables, which takes longer than anything that a request may do.
        cursor.execute(f"SET LOCAL statement_timeout = '{seconds_max}s'")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        # Every question is about whole tables. After an import, before the statistics follow, the planner would take
        # them for small and go through one for each row of another.
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield


def check(invariants: Sequence[Invariant], *, now: datetime) -> list[Finding]:
    """Ask invariants, each in one statement."""
    return [_ask(invariant, now) for invariant in invariants]


def read_figures(figures: Sequence[Figures], *, now: datetime) -> dict[str, Any]:
    """Read figures, each set in one statement."""
    return {name: number for each in figures for row in _rows(each.sql, now) for name, number in row.items()}


def tables_read(statements: Sequence[str]) -> list[str]:
    """The tables that statements read, the system's own included."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = {name for sql in statements for name in _SOURCE.findall(sql)}
    return sorted(name for name in named if name in tables or name.startswith(("pg_", "information_schema.")))


def _ask(invariant: Invariant, now: datetime) -> Finding:
    sql = f"SELECT count(*) OVER () AS violations, broken.* FROM ({invariant.sql}) AS broken LIMIT {ROWS_SHOWN}"  # noqa: S608 (its parts are ours)
    rows = _rows(sql, now)
    violations = rows[0]["violations"] if rows else 0
    return Finding(invariant, violations, [{k: v for k, v in row.items() if k != "violations"} for row in rows])


def _rows(sql: str, now: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": now})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
