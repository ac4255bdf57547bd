"""Files and functions stay as small as a reader can hold in mind."""

import ast

import pytest
from django.conf import settings

FILE_MAX = 300
FUNCTION_MAX = 50
FOLDERS = ("config", "referrals", "credits", "rewards", "fulfillment", "tests")


@pytest.mark.parametrize("folder", FOLDERS)
def test_files_and_functions_are_small(folder):
    for path in (settings.BASE_DIR / folder).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        text = path.read_text()
        assert len(text.splitlines()) <= FILE_MAX, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < FUNCTION_MAX, f"{path}: {node.name}"
