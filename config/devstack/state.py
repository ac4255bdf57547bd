"""Who is running in this checkout: one launcher at a time, and a file that says where its servers are."""

import contextlib
import fcntl
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from config.devstack.errors import CannotStart

# A manage.py that looks whether we run holds the lock for a moment too; that is not a running launcher.
LOCK_SECONDS = 1.0


@dataclass(frozen=True)
class State:
    """What a running launcher tells others.

    Attributes:
        database_url, redis_url, broker_url: addresses; the last is None when it follows from the second.
        web_url: where the pages are.
        pids: process ids by name.
    """

    database_url: str
    redis_url: str
    broker_url: str | None
    web_url: str
    pids: Mapping[str, int]


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Be the only launcher of this checkout.

    Args:
        home: the folder of its lasting data.

    Raises:
        CannotStart: when another one is; the message gives its address.
    """
    home.mkdir(mode=0o700, exist_ok=True)
    with (home / "lock").open("w") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _taken(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise CannotStart(_already_running(home))
            time.sleep(0.05)
        forget(home)
        try:
            yield
        finally:
            forget(home)


def write(home: Path, state: State) -> None:
    """Tell others, all at once: they see the old file or the new one, readable by our own user alone."""
    draft = home / "state.json.draft"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(state), indent=2))
    draft.rename(_file(home))


def forget(home: Path) -> None:
    """Tell nobody any more."""
    _file(home).unlink(missing_ok=True)


def running(home: Path) -> State | None:
    """Return what the running launcher of this checkout tells, or None when there is none that is ready.

    What a killed one left behind does not count: the lock died with it.
    """
    try:
        with (home / "lock").open() as lock:
            if _taken(lock.fileno(), fcntl.LOCK_SH):
                return None
        return State(**json.loads(_file(home).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _file(home: Path) -> Path:
    return home / "state.json"


def _taken(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _already_running(home: Path) -> str:
    found = running(home)
    where = f"at {found.web_url}/ (process {found.pids.get('launcher')})" if found else "and is still starting"
    return f"Grapevine is already running in this checkout, {where}. Stop it first, with Ctrl-C where it was started."
