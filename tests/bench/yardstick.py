"""The yardstick for writes: pgbench's TPC-B script on the same server."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.databases import Server

NAME = "TPC-B"
SCALE = 20
CLIENTS = 8
WARM_UP_SECONDS = 3
PLACES = ("usr/lib/postgresql/*/bin/pgbench", "usr/pgsql-*/bin/pgbench", "usr/local/*/bin/pgbench")


@dataclass(frozen=True)
class Yardstick:
    """TPC-B by eight clients with prepared statements."""

    program: str
    url: str
    seconds: int

    def transactions_per_second(self) -> float:
        """One run of it."""
        return self._run(self.seconds)

    def warm_up(self) -> None:
        """Fill its tables and touch them once."""
        words = [self.program, "--initialize", "--quiet", f"--scale={SCALE}", self.url]
        subprocess.run(words, check=True, capture_output=True, timeout=300)
        self._run(WARM_UP_SECONDS)

    def _run(self, seconds: int) -> float:
        words = [self.program, "-n", "-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T", str(seconds), self.url]
        done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=seconds + 60)
        return float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])


def find_yardstick(server: Server, *, seconds: int) -> Yardstick | None:
    """The yardstick, ready; None if pgbench is not installed."""
    program = _pgbench()
    if program is None:
        return None
    yardstick = Yardstick(program, server.create("yardstick"), seconds)
    yardstick.warm_up()
    return yardstick


def _pgbench() -> str | None:
    if found := shutil.which("pgbench"):
        return found
    places = [path for pattern in PLACES for path in sorted(Path("/").glob(pattern), reverse=True)]
    return next((str(path) for path in places if os.access(path, os.X_OK)), None)
