"""Keeps the demo's processes alive, and prints what they say with their name in front."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, cast

from config.devstack import processes
from config.devstack.console import say
from config.devstack.errors import CannotStart

SLOWEST_RESTART = 30.0
STEADY_SECONDS = 60.0
HOPELESS = 5
PATIENCE = 7.0
CHUNK = 1 << 16


@dataclass
class Program:
    """A process of the demo, which is started again whenever it ends.

    Attributes:
        name: in front of its log lines.
        command: program and arguments.
        pass_fds: open files that it inherits.
        sign: what it prints when it is up.
    """

    name: str
    command: Sequence[str]
    pass_fds: Sequence[int] = ()
    sign: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    due_at: float = field(default=0.0, init=False)
    unfinished: bytes = field(default=b"", init=False)
    is_up: bool = field(default=False, init=False)

    @property
    def output(self) -> IO[bytes]:
        """What the running process prints."""
        return cast("IO[bytes]", cast("subprocess.Popen[bytes]", self.process).stdout)

    def launch(self, env: Mapping[str, str]) -> None:
        """Start it."""
        command = processes.Command(self.command, env, pass_fds=self.pass_fds)
        self.process = processes.start(command, output=subprocess.PIPE)
        self.started_at = time.monotonic()
        # One that leaves its pipe open to a grandchild must not be able to hang us.
        os.set_blocking(self.output.fileno(), False)

    def relay(self) -> int | None:
        """Print what it has said, and return how many bytes: 0 at the end, None for nothing just now."""
        try:
            said = os.read(self.output.fileno(), CHUNK)
        except BlockingIOError:
            return None
        *lines, self.unfinished = (self.unfinished + said).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            if text:
                say(text, source=self.name)
                self.is_up = self.is_up or self.sign in text
        return len(said)

    def bury(self) -> None:
        """Clear up after it has ended: its last words, its own children, its place in the queue."""
        process = cast("subprocess.Popen[bytes]", self.process)
        processes.stop(process)
        while self.relay():
            pass
        self.output.close()
        self.process = None
        steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        pause = min(2.0 ** (self.failures - 1), SLOWEST_RESTART)
        self.due_at = time.monotonic() + pause
        say(f"{self.name} ended with code {process.returncode}; starting it again in {pause:.0f} s")


class Supervisor:
    """Starts programs, restarts those that end, and stops them all. Works in one thread, tick by tick."""

    def __init__(self, programs: Sequence[Program], env: Mapping[str, str]) -> None:
        """Take the programs to look after and their whole environment; nothing is started yet."""
        self._programs = programs
        self._env = env
        self._selector = selectors.DefaultSelector()

    def tick(self, seconds: float, *, patient: bool) -> bool:
        """Print what comes within some time, and start what is not running.

        Args:
            seconds: how long to listen.
            patient: go on for ever; otherwise raise CannotStart for a program that ended 5 times in a row.

        Returns:
            Whether a program was started, so that process ids have changed.
        """
        self._listen(seconds)
        for program in self._programs:
            if program.process is not None and program.process.poll() is not None:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(program.output)
                program.bury()
                if program.failures >= HOPELESS and not patient:
                    raise CannotStart(f"{program.name} ended {HOPELESS} times in a row; its lines above say why.")
        due = [program for program in self._programs if program.process is None and program.due_at <= time.monotonic()]
        for program in due:
            program.launch(self._env)
            self._selector.register(program.output, selectors.EVENT_READ, program)
        return bool(due)

    def pids(self) -> dict[str, int]:
        """Return the process ids by name."""
        return {program.name: program.process.pid for program in self._programs if program.process}

    def are_up(self) -> bool:
        """Tell whether every program has given its sign, if only once."""
        return all(program.is_up for program in self._programs if program.sign)

    def stop(self) -> None:
        """Stop all programs together: politely for some seconds, then for certain."""
        alive = [process for program in self._programs if (process := program.process)]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        with contextlib.suppress(BrokenPipeError):
            while time.monotonic() < deadline and any(process.poll() is None for process in alive):
                self._listen(0.05)
        for program in self._programs:
            if program.process:
                processes.stop(program.process)
                program.output.close()
        self._selector.close()

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data.relay() == 0:
                self._selector.unregister(key.fileobj)
