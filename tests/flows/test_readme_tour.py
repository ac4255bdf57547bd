"""The README's tour, run as a newcomer would, against a real server."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

STEP = "=== next step ==="


def commands_of_the_tour() -> list[str]:
    readme = (settings.BASE_DIR / "README.md").read_text()
    tour = readme.split("## A tour in six steps")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", tour, flags=re.DOTALL)


def database_url() -> str:
    server = connection.settings_dict
    return f"postgres://{server['USER']}@/{server['NAME']}?host={server['HOST'] or server['OPTIONS']['host']}"


@pytest.mark.django_db(transaction=True)
def test_every_step_of_the_tour_gives_what_the_readme_says(live_server, tmp_path, capsys):
    call_command("load_demo")
    printed = capsys.readouterr().out
    key = next(line for line in printed.splitlines() if "farmacy-food" in line and "gv_" in line)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "manage.py").symlink_to(Path(settings.BASE_DIR) / "manage.py")
    script = f"\necho '{STEP}'\n".join(["set -eu", *commands_of_the_tour()])

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "GRAPEVINE": live_server.url,
            "KEY": re.search(r"gv_\S+", key).group(),
            "DATABASE_URL": database_url(),
        },
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    known, bought, again, decided, balance, proof = done.stdout.split(STEP)[1:]
    assert '"id":"ada"' in known
    assert json.loads(bought)["status"] == "pending"
    assert json.loads(again) == json.loads(bought)
    decision = json.loads(decided.strip().splitlines()[-1])
    assert decision["status"] == "evaluated"
    assert {grant["policy"] for grant in decision["decision"]["grants"]} >= {
        "credits-for-each-referred-meal",
        "free-meal-for-referred-meals",
    }
    assert json.loads(balance)["available"] == 10
    assert [grant["option"] for grant in json.loads(balance)["grants"]] == ["free-meal"]
    assert json.loads(proof)["ok"] is True
