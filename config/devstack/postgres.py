"""One private PostgreSQL server: on a socket that only we can reach, on no port at all."""

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from config.devstack import processes
from config.devstack.environment import inherited
from config.devstack.errors import CannotStart
from config.devstack.privileges import Identity
from config.devstack.programs import Program

DATABASE = "grapevine"
PORT = 5432  # only the name of the socket: no port is opened
START_SECONDS = 60.0
STOP_SECONDS = 10.0
PROC = Path("/proc")
BUILTIN_LOCALE_SINCE = 17
# Tests write thousands of rows that are never committed: who counted meanwhile would take their tables for empty.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@dataclass
class Postgres:
    """A PostgreSQL server and the folder of its data.

    Attributes:
        program: what to start.
        identity: who it runs as.
        data: the data folder, made when it is not there.
        sockets: the folder of its socket; its path must be short.
        log: the file it writes to.
        user: the superuser that clients connect as.
        durable: whether it waits for the disk. False only for data that nobody will miss.
    """

    program: Program
    identity: Identity
    data: Path
    sockets: Path
    log: Path
    user: str
    durable: bool
    name: ClassVar[str] = "postgres"
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Its address, in the one shape that django-environ understands for a socket."""
        return f"postgres://{self.user}@/{DATABASE}?host={quote(str(self.sockets))}&port={PORT}"

    def start(self) -> None:
        """Start it, after making its data folder if need be, and wait until it takes connections.

        Raises:
            CannotStart: when it does not come up; the message ends with its log.
        """
        if not self.data.exists():
            self._create()
        self._release_data()
        with self.log.open("wb") as log:
            self.process = processes.start(self._command(), output=log)
        self._wait_until_ready(self.process)

    def stop(self) -> None:
        """Stop it: connections are cut, nothing is lost."""
        if self.process is not None:
            processes.stop(self.process, signal.SIGINT, signal.SIGQUIT, patience=STOP_SECONDS)

    def _command(self) -> processes.Command:
        words: processes.Words = [self.program.path, "-D", self.data, *self._settings()]
        return processes.Command(words, _environment(), self.identity.word, self.data, signal.SIGINT)

    def _settings(self) -> Iterator[str]:
        yield from ("-k", str(self.sockets), "-p", str(PORT))
        named = ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=200", "timezone=UTC"]
        for setting in named if self.durable else [*named, *FORGETFUL]:
            yield from ("-c", setting)

    def _create(self) -> None:
        """Make the data folder, under another name first: a half-made one must not pass for a whole."""
        draft = self.data.with_name(f"{self.data.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.identity.give(draft)
        flags = ["--auth=trust", "--encoding=UTF8", f"--username={self.user}", *self._locale()]
        initdb = self.program.path.with_name("initdb")
        words: processes.Words = [initdb, *flags, "-D", draft]
        self._finish(words if self.durable else [*words, "--no-sync"])
        # Single-user mode needs no client program, and none may be installed.
        single: processes.Words = [self.program.path, "--single", "-D", draft, "postgres"]
        self._finish(single, said=f"CREATE DATABASE {DATABASE};\n")
        draft.rename(self.data)

    def _locale(self) -> list[str]:
        if self.program.version[0] >= BUILTIN_LOCALE_SINCE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        # Not C: it would not know that É and é are the same letter.
        return ["--locale=en_US.UTF-8" if sys.platform == "darwin" else "--locale=C.UTF-8"]

    def _finish(self, words: processes.Words, said: str = "") -> None:
        command = processes.Command(words, _environment(), self.identity.word, self.data.parent)
        code, output = processes.finish(command, said=said)
        if code != 0:
            raise CannotStart(f"PostgreSQL could not be set up: {Path(words[0]).name} said\n{output.strip()}")

    def _release_data(self) -> None:
        """Wait for the processes of a server that was killed; then ignore a lock that is nobody's.

        PostgreSQL trusts the process id in its lock file. After a crash of the machine, or in a new container,
        that id may be any other process by now, which would lock the data for ever. Only then is the file
        removed: as long as one process of a dead server lives, a second server would ruin the data.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while users := _processes_in(self.data):
            if time.monotonic() > deadline:
                raise CannotStart(f"Another PostgreSQL (process {users[0]}) still uses {self.data}.")
            time.sleep(0.02)
        lock = self.data / "postmaster.pid"
        if PROC.exists() and (PROC / _first_line(lock) / "stat").exists():
            lock.unlink()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                # Line 8 of this file is PostgreSQL's own word on its state; pg_ctl waits for it too.
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if lines[7:] and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                    return
            if process.poll() is not None:
                break
            time.sleep(0.01)
        self.stop()
        raise CannotStart(f"PostgreSQL did not start; its log ({self.log}) ends with\n{_tail(self.log)}")


def _environment() -> dict[str, str]:
    return {**inherited(), "LC_ALL": "C"}


def _first_line(file: Path) -> str:
    with contextlib.suppress(OSError):
        return file.read_text().partition("\n")[0].strip() or "none"
    return "none"


def _processes_in(data: Path) -> list[int]:
    """Return the PostgreSQL processes of a data folder, which is where they all stand (Linux only)."""
    found = []
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data.resolve() and "postgres" in (process / "comm").read_text():
                found.append(int(process.name))
    return found


def _tail(file: Path, lines: int = 15) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
