"""Databases of our own on the server that DATABASE_URL names: made, copied, and dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

PREFIX = "grapevine_bench"


@dataclass
class Server:
    """A PostgreSQL server, and the databases that we made on it."""

    url: str
    made: list[str] = field(default_factory=list)

    def create(self, name: str, *, copy_of: str = "") -> str:
        """Make a database, empty or as a copy of another, and return its URL."""
        name = f"{PREFIX}_{os.getpid()}_{name}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if copy_of:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(urlsplit(copy_of).path.lstrip("/")))
        self._run(statement)
        self.made.append(name)
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop_all(self) -> None:
        """Drop what we made. Only at the end: each drop forces a checkpoint, which would disturb measurements."""
        for name in self.made:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.made.clear()

    def fact(self, query: str) -> str:
        """The single value that a query gives, as text."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            (value,) = connection.execute(query).fetchone()
        return str(value)

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def server() -> Iterator[Server]:
    """The server that DATABASE_URL names."""
    found = Server(os.environ["DATABASE_URL"])
    try:
        yield found
    finally:
        found.drop_all()
