"""`make test` and its relatives: one command, with servers of its own that go away afterwards."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from config.devstack import keys, processes, servers
from config.devstack.environment import inherited, variables
from config.devstack.errors import Stopped

GRACE = 2.0
PATIENCE = 5.0


def test(arguments: Sequence[str]) -> int:
    """Run pytest with throw-away servers.

    Args:
        arguments: of pytest.

    Returns:
        Its exit code.
    """
    return execute([sys.executable, "-m", "pytest", *arguments])


def execute(command: Sequence[str], *, durable: bool = False) -> int:
    """Run a command with throw-away servers, in test mode, whatever servers the environment names.

    Args:
        command: program and arguments.
        durable: the servers wait for the disk as real ones do.

    Returns:
        Its exit code, as a shell would tell it.

    Raises:
        CannotStart: when the servers do not start.
        Stopped: when a stop signal comes before the command runs.
    """
    with servers.throwaway(durable=durable) as found:
        ours = variables(mode="test", addresses=found.addresses, keys=keys.fresh())
        env = {**inherited(), **ours}
        wanted = processes.Command(command, env, death_signal=signal.SIGTERM, own_group=False)
        process = processes.start(wanted, stdin=None)
        try:
            code = process.wait()
        except Stopped as stop:
            code = _end(process, stop.number)
        return code if code >= 0 else 128 - code


def _end(process: subprocess.Popen[bytes], number: int) -> int:
    """Let the command end in its own way first: pytest, when interrupted, still tells what it found."""
    following = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]
    if number == signal.SIGINT:
        # Mostly the command has heard it too, being of our process group; a second one would cut it short.
        following[:1] = [] if _terminal_is_ours() else [signal.SIGINT]
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(GRACE)
    for each in following:
        process.send_signal(each)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(PATIENCE)
    return process.wait()


def _terminal_is_ours() -> bool:
    """Tell whether Ctrl-C in a terminal reaches us, and therefore the command too."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
