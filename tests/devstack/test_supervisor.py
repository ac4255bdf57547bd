import sys
import time
from collections.abc import Callable

import psutil
import pytest

from config.devstack import supervisor as supervision
from config.devstack.environment import inherited
from config.devstack.errors import CannotStart
from config.devstack.supervisor import Program, Supervisor

from .helpers import eventually, none_lives

STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
WITH_A_CHILD = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"


def program(code: str, **options: str) -> Program:
    imports = "import signal, subprocess, sys, time"
    return Program("web", [sys.executable, "-u", "-c", f"{imports}; {code}"], **options)


def ticking(supervisor: Supervisor, condition: Callable[[], bool]) -> bool:
    def tick() -> bool:
        supervisor.tick(0.02, patient=True)
        return condition()

    return eventually(tick)


def test_lines_carry_the_name_of_their_process(capsys) -> None:
    supervisor = Supervisor([program("print('hello'); print('is up'); time.sleep(60)", sign="is up")], inherited())
    assert ticking(supervisor, supervisor.are_up)
    supervisor.stop()
    assert "web    | hello\nweb    | is up\n" in capsys.readouterr().out


def test_a_program_that_ends_is_started_again_and_its_last_words_are_printed(capsys) -> None:
    supervisor = Supervisor([program("print('alas', end=''); print(); sys.exit(3)")], inherited())
    supervisor.tick(0, patient=True)
    first = supervisor.pids()["web"]
    assert ticking(supervisor, lambda: supervisor.pids().get("web", first) != first)
    supervisor.stop()
    output = capsys.readouterr().out
    assert "web    | alas\n" in output
    assert "web ended with code 3; starting it again in 1 s" in output


def test_a_program_that_never_gets_up_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(supervision, "SLOWEST_RESTART", 0.01)
    supervisor = Supervisor([program("sys.exit('no')")], inherited())

    def try_on() -> bool:
        supervisor.tick(0.02, patient=False)
        return False

    with pytest.raises(CannotStart, match="web ended 5 times in a row"):
        eventually(try_on)
    supervisor.stop()


def test_stopping_ends_the_stubborn_and_their_children(monkeypatch) -> None:
    monkeypatch.setattr(supervision, "PATIENCE", 0.3)
    code = f"{STUBBORN}; {WITH_A_CHILD}; print('is up'); time.sleep(60)"
    supervisor = Supervisor([program(code, sign="is up")], inherited())
    assert ticking(supervisor, supervisor.are_up)
    parent = psutil.Process(supervisor.pids()["web"])
    processes = [parent, *parent.children()]
    assert len(processes) == 2
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 3
    assert eventually(lambda: none_lives(processes))
