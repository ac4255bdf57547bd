"""The environment for a manage.py that was started without one, in a second terminal for instance."""

import os
from collections.abc import Mapping
from pathlib import Path

from config.devstack import keys, state
from config.devstack.environment import Addresses, preferring, variables
from config.devstack.errors import CannotStart
from config.devstack.folders import HOME

GIVEN = ("DATABASE_URL", "REDIS_URL")


class NothingRunning(CannotStart):
    """There are no servers to talk to; the message says what to start."""


def environment(given: Mapping[str, str] | None = None, *, home: Path = HOME) -> dict[str, str]:
    """Return the variables of development mode: the running servers' addresses and this checkout's keys.

    Args:
        given: the variables that are set already, which win; our own environment if left out.
        home: the folder of the checkout's lasting data.

    Raises:
        NothingRunning: when no servers are given and none of ours are running.
        CannotStart: when the keys cannot be read.
    """
    given = os.environ if given is None else given
    addresses = _addresses(given, state.running(home))
    ours = variables(mode="development", addresses=addresses, keys=keys.lasting(home))
    return preferring(given, ours)


def _addresses(given: Mapping[str, str], found: state.State | None) -> Addresses:
    missing = [name for name in GIVEN if not given.get(name)]
    if missing and found is None:
        raise NothingRunning(
            "Grapevine is not running in this checkout. Start it with `make run` in another terminal, "
            f"or set {' and '.join(missing)}."
        )
    database = given.get("DATABASE_URL") or (found.database_url if found else "")
    redis, broker = given.get("REDIS_URL"), given.get("BROKER_URL")
    if redis or found is None:
        # The broker of another server than the cache's would be a surprise: the settings derive it.
        return Addresses(database, redis or "", broker)
    return Addresses(database, found.redis_url, broker or found.broker_url)
