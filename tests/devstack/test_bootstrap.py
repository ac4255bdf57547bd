import importlib.util
import shutil
from types import ModuleType

import pytest

from .helpers import ROOT


@pytest.fixture
def bootstrap(tmp_path) -> ModuleType:
    """The bootstrap of another checkout, with lock files of its own and an environment that is only a folder."""
    copy = tmp_path / "config" / "devstack" / "bootstrap.py"
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / "config" / "devstack" / "bootstrap.py", copy)
    spec = importlib.util.spec_from_file_location("copied_bootstrap", copy)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.VENV.mkdir()
    (tmp_path / module.RUNTIME).write_text("django==5")
    (tmp_path / module.DEVELOPMENT).write_text("django==5\npytest==9")
    return module


def test_nothing_is_installed_at_first(bootstrap) -> None:
    assert not bootstrap._is_current(bootstrap.RUNTIME)
    assert not bootstrap._is_current(bootstrap.DEVELOPMENT)


def test_what_was_installed_is_not_installed_again_until_the_lock_changes(bootstrap) -> None:
    bootstrap._stamp(bootstrap.RUNTIME).write_text(bootstrap._fingerprint(bootstrap.RUNTIME))
    assert bootstrap._is_current(bootstrap.RUNTIME)
    (bootstrap.ROOT / bootstrap.RUNTIME).write_text("django==6")
    assert not bootstrap._is_current(bootstrap.RUNTIME)


def test_the_development_lock_covers_the_other_one_but_not_the_reverse(bootstrap) -> None:
    bootstrap._stamp(bootstrap.DEVELOPMENT).write_text(bootstrap._fingerprint(bootstrap.DEVELOPMENT))
    assert bootstrap._is_current(bootstrap.RUNTIME)
    bootstrap._stamp(bootstrap.DEVELOPMENT).unlink()
    bootstrap._stamp(bootstrap.RUNTIME).write_text(bootstrap._fingerprint(bootstrap.RUNTIME))
    assert not bootstrap._is_current(bootstrap.DEVELOPMENT)


def test_every_pin_of_the_runtime_lock_is_in_the_development_lock() -> None:
    pins = {
        name: {line for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    assert pins["requirements.txt"] <= pins["requirements-dev.txt"]
