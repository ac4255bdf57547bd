"""One private Redis or Valkey server: on a random port of this machine alone, behind a random password."""

import contextlib
import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, ClassVar, cast

from config.devstack import ports, processes
from config.devstack.environment import inherited
from config.devstack.errors import CannotStart
from config.devstack.programs import Program

START_SECONDS = 20.0
STOP_SECONDS = 5.0
ATTEMPTS = 5
DATABASES = 64  # every parallel test process takes some of its own


@dataclass
class Valkey:
    """A Redis or Valkey server and the folder of its data.

    Attributes:
        program: what to start.
        data: the folder of its append-only file, made when it is not there.
        log: the file it writes to.
        lasting: whether what it holds survives a restart.
    """

    program: Program
    data: Path
    log: Path
    lasting: bool
    name: ClassVar[str] = "redis"
    port: int = field(default_factory=ports.free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def url(self, database: int) -> str:
        """Return the address of one of its numbered databases."""
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers; on another port if somebody was quicker to take ours.

        Raises:
            CannotStart: when it does not come up; the message ends with its log.
        """
        self.data.mkdir(mode=0o700, exist_ok=True)
        # Once it has run, its clients know the port, and another one would not help them.
        for _ in range(ATTEMPTS if self.process is None else 1):
            process = self._launch()
            if self._answers(process):
                return
            self.stop()
            if "in use" not in self.log.read_text(errors="replace"):
                break
            self.port = ports.free_port()
        log = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise CannotStart(f"{self.program.path.name} did not start; its log ({self.log}) ends with\n{log}")

    def stop(self) -> None:
        """Stop it, keeping what it holds if that shall last."""
        if self.process is not None:
            processes.stop(self.process, signal.SIGTERM, patience=STOP_SECONDS)

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            words: processes.Words = [self.program.path, "-"]
            command = processes.Command(words, inherited(), cwd=self.data, death_signal=signal.SIGTERM)
            self.process = processes.start(command, stdin=subprocess.PIPE, output=log)
        # The configuration comes through a pipe, because anybody may read the arguments of a process.
        with contextlib.suppress(BrokenPipeError), cast("IO[bytes]", self.process.stdin) as configuration:
            configuration.write(self._configuration().encode())
        return self.process

    def _configuration(self) -> str:
        lasting = ["appendonly yes", "appendfsync everysec"] if self.lasting else ["appendonly no"]
        common = [
            f"bind {ports.LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"databases {DATABASES}",
            "maxmemory-policy noeviction",
            'save ""',
            "daemonize no",
        ]
        return "\n".join([*common, *lasting, ""])

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self._pings():
                return True
            time.sleep(0.01)
        return False

    def _pings(self) -> bool:
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answer:
                    return answer.readline() == b"+OK\r\n" and answer.readline() == b"+PONG\r\n"
        except OSError:
            return False
