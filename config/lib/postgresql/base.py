"""A database that hangs is given up after a while, by our own clock.

The limits that PostgreSQL keeps (`statement_timeout` and its like) end with PostgreSQL; a server that is frozen, or
behind a cut wire, keeps none. Only web processes have a deadline: see `DATABASE_DEADLINE_SECONDS` in the settings.
"""

import select
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.abc import PQGen

from config.lib.breaker import Breaker


class Hangs(psycopg.OperationalError):
    """PostgreSQL does not answer, and is not asked until it does."""


class PunctualConnection(psycopg.Connection[Any]):
    """A connection that is given up when an answer does not come in time."""

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer.

        :raises Hangs: if it does not come before the deadline, or the server is known to hang.
        """
        if hanging.is_open:
            self.pgconn.finish()
            raise Hangs("PostgreSQL hangs.")
        try:
            return super().wait(gen, interval, settings.DATABASE_DEADLINE_SECONDS)
        except psycopg.errors._WaitTimeout as late:
            # What it was doing may still happen: the connection must not be used for anything else.
            self.pgconn.finish()
            hanging.open()
            raise Hangs("PostgreSQL did not answer in time.") from late


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with punctual connections where there is a deadline."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect.

        :raises Hangs: if the server is known to hang.
        """
        if settings.DATABASE_DEADLINE_SECONDS is None:
            return super().get_new_connection(conn_params)
        if hanging.is_open:
            raise Hangs("PostgreSQL hangs.")
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return PunctualConnection.connect(**conn_params)
        except psycopg.errors.ConnectionTimeout:
            hanging.open()
            raise

    def close_if_unusable_or_obsolete(self) -> None:
        """At the beginning and the end of each request: close a connection that the server has cut meanwhile.

        Nobody waits for anything on it then, so what there is to read is the end, or news that a new one has too.
        """
        super().close_if_unusable_or_obsolete()
        if self.connection is not None and not self.in_atomic_block and _has_something_to_say(self.connection):
            self.close()


def _has_something_to_say(connection: psycopg.Connection[Any]) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _connect_anew() -> None:
    """Ask PostgreSQL for a connection, which it gives within `connect_timeout` or not at all."""
    psycopg.connect(**connections[DEFAULT_DB_ALIAS].get_connection_params()).close()


hanging = Breaker("PostgreSQL", _connect_anew)
