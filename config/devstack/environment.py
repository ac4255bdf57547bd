"""The environment variables that the project's settings read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from config.devstack.keys import Keys


@dataclass(frozen=True)
class Addresses:
    """Where the servers are; `broker` is None when the settings shall derive it from `redis`."""

    database: str
    redis: str
    broker: str | None

    def variables(self) -> dict[str, str]:
        """Return them as the settings read them."""
        found = {"DATABASE_URL": self.database, "REDIS_URL": self.redis, "BROKER_URL": self.broker}
        return {name: value for name, value in found.items() if value is not None}


def variables(*, mode: str, addresses: Addresses, keys: Keys) -> dict[str, str]:
    """Return the variables that a process of the project needs.

    Args:
        mode: `development` or `test`.
        addresses: of the servers.
        keys: the secrets.
    """
    return {"GRAPEVINE_MODE": mode, **addresses.variables(), **keys.variables()}


def inherited() -> dict[str, str]:
    """Return our own environment without what would lead PostgreSQL's client library astray.

    PGPORT, PGSERVICE and the like fill in whatever an address leaves open, so that a private server's
    clients could end up at somebody else's.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def preferring(given: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Return `ours`, but with the values of `given` where those are set and not empty."""
    return {**ours, **{name: given[name] for name in ours if given.get(name)}}
