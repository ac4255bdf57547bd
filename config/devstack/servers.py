"""PostgreSQL and Redis together: the lasting ones of the demo, or throw-away ones for tests."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.devstack import folders, interrupts, placement, programs
from config.devstack.console import say
from config.devstack.environment import Addresses
from config.devstack.postgres import Postgres
from config.devstack.valkey import Valkey

DEMO_USER = "grapevine"
TEST_USER = "grapevine_tests"


@dataclass
class Servers:
    """The servers that we started, and where to find those and the ones that were given to us."""

    addresses: Addresses
    started: list[Postgres | Valkey] = field(default_factory=list)

    def pids(self) -> dict[str, int]:
        """Return the process ids of what we started, by name."""
        return {server.name: server.process.pid for server in self.started if server.process}

    def revive(self) -> bool:
        """Start again what has died, and tell whether anything had.

        Raises:
            CannotStart: when it does not come up.
        """
        dead = [server for server in self.started if server.process and server.process.poll() is not None]
        for server in dead:
            say(f"{server.name} ended unexpectedly: starting it again")
            server.start()
        return bool(dead)


@contextlib.contextmanager
def lasting(home: Path, given: Mapping[str, str]) -> Iterator[Servers]:
    """Run the demo's servers, whose data stays in the checkout, except those that are given.

    Args:
        home: the folder that keeps the data.
        given: environment variables; a DATABASE_URL or REDIS_URL in it is used instead of a server of ours.

    Raises:
        CannotStart: when a server is missing or does not start.
    """
    database, redis, broker = given.get("DATABASE_URL"), given.get("REDIS_URL"), given.get("BROKER_URL")
    with folders.temporary() as short, _stopping() as started:
        if not database:
            say("starting PostgreSQL")
            postgres = _demo_postgres(home, short)
            started.append(postgres)
            postgres.start()
            database = postgres.url
        if not redis:
            say("starting Redis")
            program = programs.redis()
            valkey = Valkey(program, home / program.label, home / f"{program.label}.log", lasting=True)
            started.append(valkey)
            valkey.start()
            redis, broker = valkey.url(0), broker or valkey.url(1)
        yield Servers(Addresses(database, redis, broker or None), started)


@contextlib.contextmanager
def throwaway(*, durable: bool = False) -> Iterator[Servers]:
    """Run servers whose data goes away with them.

    Args:
        durable: wait for the disk at each commit, as the real thing does; for measurements.

    Raises:
        CannotStart: when a server is missing or does not start.
    """
    with folders.temporary(on_disk=durable) as folder, _stopping() as started:
        postgres = _postgres(folder, folder, programs.postgres(), user=TEST_USER, durable=durable)
        program = programs.redis()
        valkey = Valkey(program, folder / program.label, folder / f"{program.label}.log", lasting=durable)
        for server in (postgres, valkey):
            started.append(server)
            server.start()
        yield Servers(Addresses(postgres.url, valkey.url(0), valkey.url(1)), started)


def _demo_postgres(home: Path, short: Path) -> Postgres:
    grounds = (home, placement.public_ground(home))
    kept = {folder.name for ground in grounds for folder in ground.glob("postgres-*[0-9]")}
    postgres = _postgres(home, short, programs.postgres(kept), user=DEMO_USER, durable=True)
    if kept and postgres.data.name not in kept:
        say(f"the demo's data is for {' or '.join(sorted(kept))}, which is gone: starting with an empty one")
    return postgres


def _postgres(ground: Path, short: Path, program: programs.Program, *, user: str, durable: bool) -> Postgres:
    place = placement.find(program, ground)
    sockets = short / "pg"
    sockets.mkdir(mode=0o700)
    if place.identity.owner:
        short.chmod(0o711)
        place.identity.give(sockets)
    log = ground / f"{program.label}.log"
    return Postgres(place.program, place.identity, place.ground / program.label, sockets, log, user, durable)


@contextlib.contextmanager
def _stopping() -> Iterator[list[Postgres | Valkey]]:
    """Stop whatever was put into the list, the last one first, undisturbed by further signals."""
    started: list[Postgres | Valkey] = []
    try:
        yield started
    finally:
        interrupts.ignore()
        for server in reversed(started):
            server.stop()
