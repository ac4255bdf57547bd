"""SIGINT, SIGTERM and SIGHUP become one exception, once; cleaning up is never interrupted."""

import signal
from types import FrameType

from config.devstack.errors import Stopped

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def raise_stopped() -> None:
    """From now on the first stop signal raises Stopped in the main program; later ones are ignored."""
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_once)


def ignore() -> None:
    """From now on stop signals do nothing: we are stopping already, and every step of that is bounded."""
    for number in STOP_SIGNALS:
        # A function, because SIG_IGN would be inherited by the processes that we still start.
        signal.signal(number, _do_nothing)


def _raise_once(number: int, _frame: FrameType | None) -> None:
    ignore()
    raise Stopped(number)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass
