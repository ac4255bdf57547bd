"""What a started process does before it becomes the program it is for.

Run as a script with `python -I -S child.py PARENT SIGNAL IDENTITY PROGRAM ARGUMENT...`: it arranges to be
signalled when the process PARENT dies, becomes IDENTITY, and then is replaced by PROGRAM under the same
process id. A script of its own, rather than a `preexec_fn`, is safe to start from a process with threads.
"""

import ctypes
import os
import signal
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

OURSELVES = "ourselves"
NAMESPACE = "namespace"


def become(identity: str) -> None:
    """Change who this process is, for good.

    Args:
        identity: `ourselves` (no change), `namespace` (a new user namespace in which our own user has no
            name and no rights, which PostgreSQL accepts where it refuses root), or `uid:gid`.

    Raises:
        OSError: when the system forbids it.
    """
    if identity == OURSELVES:
        return
    if identity == NAMESPACE:
        _call("unshare", CLONE_NEWUSER)
        return
    uid, gid = (int(part) for part in identity.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with(parent: int, number: int) -> None:
    """Ask the kernel to send this process a signal when its parent dies, however that happens.

    Only Linux can; elsewhere this does nothing.

    Args:
        parent: process id of the parent; if it is gone already, this process ends now.
        number: the signal's number.
    """
    if not sys.platform.startswith("linux"):
        return
    _call("prctl", PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        sys.exit(1)


def adopt_orphans() -> None:
    """Make every descendant whose parent dies a child of this process, so that none escapes (Linux only)."""
    if sys.platform.startswith("linux"):
        _call("prctl", PR_SET_CHILD_SUBREAPER, 1)


def _call(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*(ctypes.c_ulong(argument) for argument in arguments)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def main(parent: str, number: str, identity: str, *command: str) -> None:
    """Become `identity`, then `command`; does not return."""
    become(identity)
    # Last, because the kernel forgets the wish whenever a process changes its user.
    die_with(int(parent), int(number))
    # Python ignores these two for itself, and what is ignored stays ignored across exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"{sys.argv[4]}: {error}")
