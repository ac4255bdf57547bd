"""The house stands: floors import only downwards, and each of them is where it should be."""

import importlib
import subprocess
import sys

import pytest
from django.conf import settings

FLOORS = ("referrals", "credits", "rewards", "fulfillment")
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_every_contract_about_imports_is_kept():
    run = subprocess.run(
        [sys.executable, "-c", LINT], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=100, check=False
    )
    assert run.returncode == 0, run.stdout
    assert "0 broken" in run.stdout


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_is_ours_and_not_a_module_of_that_name_from_elsewhere(floor):
    assert importlib.import_module(floor).__file__ == str(settings.BASE_DIR / floor / "__init__.py")


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_says_what_it_is_for(floor):
    assert (settings.BASE_DIR / floor / "README.md").read_text().startswith(f"# {floor}")
