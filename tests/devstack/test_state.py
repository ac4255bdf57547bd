import stat
import subprocess
import sys

import pytest

from config.devstack import state
from config.devstack.errors import CannotStart

from .helpers import ROOT


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch) -> None:
    monkeypatch.setattr(state, "LOCK_SECONDS", 0.1)


EXAMPLE = state.State("postgres://p", "redis://r/0", "redis://r/1", "http://127.0.0.1:8123", {"launcher": 42})


def test_a_second_launcher_is_refused_with_the_address_of_the_first(tmp_path) -> None:
    with state.only_one(tmp_path):
        state.write(tmp_path, EXAMPLE)
        with pytest.raises(CannotStart, match=r"already running.*http://127.0.0.1:8123/.*42"), state.only_one(tmp_path):
            pass


def test_a_launcher_that_is_still_starting_refuses_others_too(tmp_path) -> None:
    with state.only_one(tmp_path), pytest.raises(CannotStart, match="still starting"), state.only_one(tmp_path):
        pass


def test_a_finished_launcher_leaves_the_place_free_and_tells_nothing(tmp_path) -> None:
    with state.only_one(tmp_path):
        state.write(tmp_path, EXAMPLE)
    assert state.running(tmp_path) is None
    with state.only_one(tmp_path):
        pass


def test_others_learn_what_the_running_launcher_tells(tmp_path) -> None:
    with state.only_one(tmp_path):
        assert state.running(tmp_path) is None
        state.write(tmp_path, EXAMPLE)
        assert state.running(tmp_path) == EXAMPLE


def test_only_the_owner_can_read_the_addresses(tmp_path) -> None:
    with state.only_one(tmp_path):
        state.write(tmp_path, EXAMPLE)
        assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600


def test_what_a_killed_launcher_told_is_not_believed(tmp_path) -> None:
    killed = (
        "import os, pathlib, sys; from config.devstack import state; home = pathlib.Path(sys.argv[1])\n"
        "with state.only_one(home):\n"
        "    state.write(home, state.State('p', 'r', None, 'w', {}))\n"
        "    os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", killed, tmp_path], cwd=ROOT, check=False)
    assert (tmp_path / "state.json").exists()
    assert state.running(tmp_path) is None
    with state.only_one(tmp_path):
        assert not (tmp_path / "state.json").exists()
