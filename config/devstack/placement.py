"""Finding a place and a user for PostgreSQL: a program that it can run, and a folder that it can write to."""

import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from config.devstack import privileges
from config.devstack.errors import CannotStart
from config.devstack.privileges import Identity
from config.devstack.programs import Program

PUBLIC = Path("/var/tmp")  # noqa: S108 - only for folders whose owner is checked


@dataclass(frozen=True)
class Place:
    """Where PostgreSQL can live.

    Attributes:
        program: that the identity can run.
        identity: who it runs as.
        ground: the folder for its data folder.
    """

    program: Program
    identity: Identity
    ground: Path


def find(program: Program, ground: Path) -> Place:
    """Return where PostgreSQL can live, as close to what was wished as permissions allow.

    Args:
        program: the wished program.
        ground: the wished folder, which is ours.

    Raises:
        CannotStart: when no user can both run the program and reach a folder.
    """
    for identity in privileges.candidates():
        place = Place(program, identity, ground)
        if identity.owner is not None:
            place = _within_reach(place)
        if identity.can('cd "$1" && "$2" --version', place.ground, place.program.path):
            return place
    raise CannotStart(
        f"PostgreSQL ({program.path}) cannot be started by user {os.getuid()}: it refuses root and users "
        "without a name, this system allows no user namespaces, and neither `postgres` nor `nobody` can run "
        "it. Use another user, or set DATABASE_URL to a server that you have."
    )


def public_ground(ground: Path) -> Path:
    """Return the folder that stands in for `ground` where PostgreSQL's user cannot reach that."""
    digest = hashlib.sha256(os.fsencode(ground)).hexdigest()[:12]
    return PUBLIC / f"grapevine_{os.getuid()}_{digest}"


def _within_reach(place: Place) -> Place:
    """Open the way for another user, and where that cannot be done copy what they need to where it can."""
    place.ground.chmod(0o711)
    if not place.identity.can('cd "$1"', place.ground):
        place = replace(place, ground=_made(public_ground(place.ground)))
    if place.program.package and not place.identity.can('"$1" --version', place.program.path):
        place = replace(place, program=_copied(place.program, place.program.package, place.ground / "programs"))
    return place


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o711, exist_ok=True)
    facts = folder.lstat()
    if facts.st_uid != os.getuid() or folder.is_symlink():
        raise CannotStart(f"{folder} belongs to somebody else.")
    return folder


def _copied(program: Program, package: Path, target: Path) -> Program:
    """Copy a package whole: its programs find their libraries by their relative place."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(package, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            executable = path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    return replace(program, path=target / program.path.relative_to(package), package=target)
