"""Makes .venv and installs what requirements.txt or requirements-dev.txt pins, if that is not done yet.

Run as a script by the Makefile with whatever Python 3.11 or newer the machine has; the launcher uses
`install` too. It therefore imports nothing but the standard library, the launcher's other modules neither.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.8"
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"


class CannotInstall(Exception):
    """The packages or the environment cannot be installed; the message holds what the installer said."""


def prepare(requirements: str) -> None:
    """Bring .venv up to date with a lock file; quick when there is nothing to do.

    Args:
        requirements: name of the lock file.

    Raises:
        CannotInstall: when that fails.
    """
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _runs(PYTHON):
            _say(f"making .venv with Python {sys.version.split()[0]}")
            _make_environment()
        if _is_current(requirements):
            return
        _say(f"installing the packages of {requirements}")
        began = time.monotonic()
        install(PYTHON, ["-r", str(ROOT / requirements)])
        _stamp(requirements).write_text(_fingerprint(requirements))
        _say(f"installed in {time.monotonic() - began:.0f} s")


def install(python: Path, arguments: list[str]) -> None:
    """Install packages into the environment of an interpreter: with uv if that can be had, else with pip.

    Args:
        python: the interpreter.
        arguments: what `pip install` would take.

    Raises:
        CannotInstall: when neither of them can.
    """
    answer = ""
    for installer in _installers(python):
        try:
            _run([*installer, *arguments])
        except CannotInstall as error:
            answer = str(error)
        else:
            return
    raise CannotInstall(answer)


def _installers(python: Path) -> Iterator[list[str]]:
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    own = python.with_name("uv")
    uv = shutil.which("uv")
    if uv is None:
        with contextlib.suppress(CannotInstall):
            if not own.exists():
                _run([*pip, UV])
            uv = str(own)
    if uv is not None:
        yield [uv, "pip", "install", "--quiet", "--python", str(python)]
    yield pip


def _make_environment() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    if importlib.util.find_spec("ensurepip") is not None:
        _run([sys.executable, "-m", "venv", str(VENV)])
    elif uv is not None:
        _run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)])
    else:
        raise CannotInstall(
            f"{sys.executable} cannot make virtual environments: its module ensurepip is missing. "
            "On Debian and Ubuntu, install the package python3-venv; elsewhere, install uv."
        )


def _runs(python: Path) -> bool:
    test = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON} or sys.prefix == sys.base_prefix)"
    try:
        return subprocess.run([python, "-c", test], capture_output=True, check=False).returncode == 0  # noqa: S603 - ours
    except OSError:
        return False


def _is_current(requirements: str) -> bool:
    # The development lock holds everything that the other one pins.
    sufficient = {requirements, DEVELOPMENT}
    return any(_stamp(name).exists() and _stamp(name).read_text() == _fingerprint(name) for name in sufficient)


def _stamp(requirements: str) -> Path:
    return VENV / f".installed-{requirements}"


def _fingerprint(requirements: str) -> str:
    return hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()


def _run(command: list[str]) -> None:
    try:
        finished = subprocess.run(  # noqa: S603 - no shell, and the words are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise CannotInstall(f"{command[0]}: {error}") from error
    if finished.returncode != 0:
        raise CannotInstall(f"{' '.join(command)}\n{finished.stdout.strip()}")


def _say(text: str) -> None:
    print(f"setup  | {text}", flush=True)


def _terminated(number: int, _frame: object) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    # An exception, unlike the signal itself, also ends the installer that is running.
    signal.signal(signal.SIGTERM, _terminated)
    try:
        prepare({"runtime": RUNTIME, "dev": DEVELOPMENT}[sys.argv[1]])
    except CannotInstall as error:
        sys.exit(f"setup  | {error}")
    except KeyboardInterrupt:
        sys.exit(130)
