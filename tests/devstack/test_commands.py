"""The commands themselves, as processes: what they pass on, and what is left when they are stopped or killed."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from .helpers import eventually, launch, none_lives

WAITING = "import sys, time; print('waiting', flush=True); time.sleep(60)"


def started(*arguments: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    launcher = launch(*arguments)
    line = ""
    while "waiting" not in line:
        line = launcher.stdout.readline()
        assert line, "it ended before its command ran"
    return launcher, psutil.Process(launcher.pid).children(recursive=True)


def ended(launcher: subprocess.Popen[str]) -> str:
    with launcher:
        return launcher.communicate(timeout=20)[0]


def test_a_command_gets_a_fresh_environment_in_test_mode_and_its_exit_code_is_ours() -> None:
    names = ["GRAPEVINE_MODE", "DATABASE_URL", "SECRET_KEY", "BROKER_URL"]
    code = f"import json, os, sys; print(json.dumps([os.environ[name] for name in {names}])); sys.exit(7)"
    launcher = launch("exec", "--", sys.executable, "-c", code)
    output = ended(launcher)
    mode, *fresh = json.loads(output.strip().splitlines()[-1])
    assert launcher.returncode == 7
    assert mode == "test"
    assert not set(fresh) & set(os.environ.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_signal_ends_everything(number) -> None:
    launcher, processes = started("exec", "--", sys.executable, "-c", WAITING)
    assert len(processes) >= 3
    launcher.send_signal(number)
    ended(launcher)
    assert launcher.returncode != 0
    assert none_lives(processes)


def test_killing_the_launcher_leaves_no_orphan() -> None:
    launcher, processes = started("exec", "--", sys.executable, "-c", WAITING)
    launcher.kill()
    ended(launcher)
    assert eventually(lambda: none_lives(processes))


def test_a_process_that_the_command_forgot_does_not_stay() -> None:
    forgotten = (
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {WAITING!r}], start_new_session=True)"
    )
    launcher = launch("exec", "--", sys.executable, "-c", f"{forgotten}; print(p.pid); p.returncode = 0")
    output = ended(launcher)
    pid = next(int(line) for line in output.splitlines() if line.isdigit())
    assert not psutil.pid_exists(pid)
