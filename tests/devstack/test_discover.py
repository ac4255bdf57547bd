import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.devstack import discover, keys, state

from .helpers import ROOT

RUNNING = state.State("postgres://ours", "redis://ours/0", "redis://ours/1", "http://127.0.0.1:8000", {})


def test_with_nothing_running_it_says_what_to_start(tmp_path) -> None:
    with pytest.raises(discover.NothingRunning, match=r"make run.*DATABASE_URL and REDIS_URL"):
        discover.environment({}, home=tmp_path)


def test_with_half_of_the_servers_given_it_names_the_other_half(tmp_path) -> None:
    with pytest.raises(discover.NothingRunning, match="set REDIS_URL"):
        discover.environment({"DATABASE_URL": "postgres://theirs"}, home=tmp_path)


def test_given_servers_are_enough_and_keys_are_made(tmp_path) -> None:
    given = {"DATABASE_URL": "postgres://theirs", "REDIS_URL": "redis://theirs"}
    found = discover.environment(given, home=tmp_path)
    made = keys.lasting(tmp_path)
    assert found == {**given, "GRAPEVINE_MODE": "development", **made.variables()}


def test_running_servers_are_found(tmp_path) -> None:
    with state.only_one(tmp_path):
        state.write(tmp_path, RUNNING)
        found = discover.environment({}, home=tmp_path)
    assert found["DATABASE_URL"] == "postgres://ours"
    assert (found["REDIS_URL"], found["BROKER_URL"]) == ("redis://ours/0", "redis://ours/1")
    assert found["GRAPEVINE_MODE"] == "development"


def test_what_is_set_already_wins(tmp_path) -> None:
    with state.only_one(tmp_path):
        state.write(tmp_path, RUNNING)
        found = discover.environment(
            {"DATABASE_URL": "postgres://theirs", "SECRET_KEY": "s", "REDIS_URL": ""}, home=tmp_path
        )
    assert (found["DATABASE_URL"], found["SECRET_KEY"]) == ("postgres://theirs", "s")
    assert found["REDIS_URL"] == "redis://ours/0"


def test_a_cache_given_from_outside_is_not_mixed_with_our_broker(tmp_path) -> None:
    with state.only_one(tmp_path):
        state.write(tmp_path, RUNNING)
        found = discover.environment({"REDIS_URL": "redis://theirs"}, home=tmp_path)
    assert found["REDIS_URL"] == "redis://theirs"
    assert "BROKER_URL" not in found


def test_manage_py_without_any_environment_says_the_same_and_fails(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config" / "devstack", tmp_path / "config" / "devstack")
    shutil.copy(ROOT / "manage.py", tmp_path)
    ours = {"GRAPEVINE_MODE", "DATABASE_URL", "REDIS_URL"}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "manage.py", "check"]
    answer = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Grapevine is not running in this checkout. Start it with `make run`")
