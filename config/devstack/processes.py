"""Starting processes that cannot outlive us, stopping them, and leaving nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.devstack import child

CHILD = str(Path(child.__file__).resolve())
SWEEP_SECONDS = 3.0
Words = Sequence[str | Path]
Stream = int | IO[bytes] | None


@dataclass(frozen=True)
class Command:
    """What to start, and how.

    Attributes:
        words: program and arguments.
        env: its whole environment.
        identity: who it runs as, in the words of `child.become`.
        cwd: the folder it starts in; ours if left out.
        death_signal: what it gets when we die without stopping it.
        own_group: put it into a session of its own, so that Ctrl-C in the terminal reaches only us and we
            choose the order of stopping; False for a command that shall keep the terminal.
        pass_fds: open files that it inherits.
    """

    words: Words
    env: Mapping[str, str]
    identity: str = child.OURSELVES
    cwd: Path | None = None
    death_signal: signal.Signals = signal.SIGKILL
    own_group: bool = True
    pass_fds: Sequence[int] = ()


def start(command: Command, *, stdin: Stream = subprocess.DEVNULL, output: Stream = None) -> subprocess.Popen[bytes]:
    """Start a process that the kernel ends when we are killed.

    Args:
        command: what to start.
        stdin: its standard input, as in `subprocess.Popen`; nothing if left out.
        output: for its standard output and standard error together; ours if left out.
    """
    helper = [sys.executable, "-I", "-S", CHILD, str(os.getpid()), str(int(command.death_signal))]
    return subprocess.Popen(  # noqa: S603 - the words are ours, and no shell reads them
        [*helper, command.identity, *(str(word) for word in command.words)],
        env=dict(command.env),
        stdin=stdin,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        cwd=command.cwd,
        start_new_session=command.own_group,
        pass_fds=tuple(command.pass_fds),
    )


def finish(command: Command, *, said: str = "") -> tuple[int, str]:
    """Run a short command to its end; an interruption ends the command too.

    Args:
        command: what to run.
        said: what it reads from its standard input.

    Returns:
        Its exit code, and everything it printed.
    """
    with start(command, stdin=subprocess.PIPE, output=subprocess.PIPE) as process:
        try:
            output, _ = process.communicate(said.encode())
        except BaseException:
            kill_group(process)
            raise
    return process.returncode, output.decode(errors="replace")


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 0) -> None:
    """End a process: politely, then less so, then for certain together with its whole group.

    Args:
        process: started by `start` with a group of its own.
        signals: sent in this order, each given `patience` to work.
        patience: in seconds.
    """
    for number in signals:
        if process.poll() is not None:
            break
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill_group(process)
    process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group that `start` made for this process."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def end_strays() -> None:
    """Kill every descendant that is still there, children of children included (Linux only).

    It relies on `child.adopt_orphans`, without which a process whose parent died would be out of sight.
    """
    deadline = time.monotonic() + SWEEP_SECONDS
    while strays := list(_descendants(os.getpid())):
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)


def _descendants(ancestor: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # pid (name, which may hold spaces and brackets) state parent ...
            after_name = entry.read_text(errors="replace").rpartition(")")[2].split()
            children.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    waiting = [ancestor]
    while waiting:
        found = children.get(waiting.pop(), [])
        yield from found
        waiting.extend(found)
