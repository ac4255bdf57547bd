"""Where the launcher keeps things: the checkout's own folder, and temporary ones with short names."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".devstack"
PREFIX = "grapevine-"
# The path of a socket may have 107 bytes on Linux and 103 on macOS; what we append takes about 40.
LONGEST_BASE = 60
SETTLING_SECONDS = 60


@contextlib.contextmanager
def temporary(*, on_disk: bool = False) -> Iterator[Path]:
    """Make a folder that goes away again, and sweep those that killed launchers left behind.

    Args:
        on_disk: put it where files are kept on a disk, for measurements; a temporary folder may be memory.
    """
    base = Path("/var/tmp") if on_disk else _short_base()  # noqa: S108 - the folder inside is private
    _sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _short_base() -> Path:
    usual = Path(tempfile.gettempdir())
    return usual if len(os.fsencode(usual)) <= LONGEST_BASE else Path("/tmp")  # noqa: S108 - as above


def _sweep(base: Path) -> None:
    for folder in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    facts = folder.lstat()
    if facts.st_uid != os.getuid() or not folder.is_dir() or folder.is_symlink():
        return False
    if time.time() - facts.st_mtime < SETTLING_SECONDS:
        return False
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True
