"""SIGINT, SIGTERM and SIGHUP become one exception, once; cleaning up is never interrupted."""

import contextlib
import os
import re
import signal
from pathlib import Path
from types import FrameType

from config.devstack.errors import Stopped

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_SECONDS = 1.0


def raise_stopped() -> None:
    """From now on the first stop signal raises Stopped in the main program; later ones are ignored."""
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_once)


def heed_make() -> None:
    """From now on a SIGINT that reached only the make which started us stops us too.

    GNU make passes SIGTERM on, but after a SIGINT it waits, silently, for children that it believes to have
    heard it in the terminal. What gives it away is that it no longer has a handler for the signal. This looks
    for it every second, where there is a /proc to look into.
    """
    parent = os.getppid()
    if _catches_sigint(parent):
        signal.signal(signal.SIGALRM, lambda _number, frame: _look_at(parent, frame))
        signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)


def ignore() -> None:
    """From now on stop signals do nothing: we are stopping already, and every step of that is bounded.

    Where `raise_stopped` has not been called, as in a test, the signals are somebody else's and stay so.
    """
    if signal.getsignal(signal.SIGINT) is not _raise_once:
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in STOP_SIGNALS:
        # A function, because SIG_IGN would be inherited by the processes that we still start.
        signal.signal(number, _do_nothing)


def _raise_once(number: int, _frame: FrameType | None) -> None:
    ignore()
    raise Stopped(number)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def _look_at(parent: int, frame: FrameType | None) -> None:
    if not _catches_sigint(parent):
        _raise_once(signal.SIGINT, frame)


def _catches_sigint(pid: int) -> bool:
    with contextlib.suppress(OSError):
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return caught is not None and bool(int(caught[1], 16) & 1 << (signal.SIGINT - 1))
    return False
