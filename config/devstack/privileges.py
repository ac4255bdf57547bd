"""Who PostgreSQL runs as, given that it refuses root and users without a name.

An ordinary user simply runs it. For root, and for a user id that has no name (as containers like to hand
out), it is started in a user namespace of its own: there our user has no name and no rights, which
PostgreSQL accepts, while its files stay ours and nobody's permissions are changed. Where the kernel forbids
that, root gives up its rights to `postgres` or `nobody`.
"""

import os
import pwd
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.devstack import child, processes
from config.devstack.environment import inherited


@dataclass(frozen=True)
class Identity:
    """Who a server runs as.

    Attributes:
        word: what `child.become` understands.
        owner: user and group id that its files must belong to; None when they stay ours.
    """

    word: str
    owner: tuple[int, int] | None = None

    def give(self, folder: Path) -> None:
        """Make this folder belong to the server."""
        if self.owner is not None:
            os.chown(folder, *self.owner)

    def can(self, test: str, *arguments: str | Path) -> bool:
        """Tell whether a line of shell succeeds as this identity.

        Args:
            test: the line.
            *arguments: its `$1`, `$2` and so on.
        """
        words = ["/bin/sh", "-c", test, "sh", *arguments]
        command = processes.Command(words, env=inherited(), identity=self.word, cwd=Path("/"))
        return processes.finish(command)[0] == 0


def candidates() -> Iterator[Identity]:
    """Yield the identities worth trying, the best first."""
    if os.getuid() != 0 and _has_name(os.getuid()):
        yield Identity(child.OURSELVES)
        return
    if sys.platform.startswith("linux"):
        yield Identity(child.NAMESPACE)
    if os.getuid() == 0:
        for name in ("postgres", "nobody"):
            try:
                user = pwd.getpwnam(name)
            except KeyError:
                continue
            yield Identity(f"{user.pw_uid}:{user.pw_gid}", (user.pw_uid, user.pw_gid))


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
