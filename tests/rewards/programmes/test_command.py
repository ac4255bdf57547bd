"""`manage.py program` at the terminal."""

import json

import jsonschema
import pytest
import yaml
from django.core.management import CommandError, call_command

from referrals.models import Merchant
from rewards.services.programmes.schema import SCHEMA
from tests.rewards.programmes.examples import TEXT

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(capsys):
    def run(*words):
        call_command("program", *words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "corner-shop.yaml"
    path.write_text(TEXT)
    return str(path)


def test_plan_apply_and_plan_again(program, file):
    assert program("plan", file).startswith("corner-shop: 13 created")
    assert not Merchant.objects.exists()
    assert program("apply", file).startswith("corner-shop: 13 created")
    assert program("plan", file) == "corner-shop: No changes.\n"


def test_a_programme_that_ships_is_known_by_its_name(program):
    assert "+ tier platinum" in program("apply", "acme-shop")


def test_what_is_exported_to_a_file_can_be_planned(program, file, tmp_path):
    program("apply", file)
    exported = tmp_path / "exported.yaml"
    exported.write_text(program("export", "corner-shop"))
    assert program("plan", str(exported)) == "corner-shop: No changes.\n"


def test_the_schema_is_printed(program):
    jsonschema.Draft202012Validator(json.loads(program("schema"))).validate(yaml.safe_load(TEXT))


@pytest.mark.parametrize("words", [("plan", "nowhere.yaml"), ("apply", "nowhere"), ("export", "nowhere")])
def test_what_is_not_there_is_told_in_a_sentence(program, words):
    with pytest.raises(CommandError, match="nowhere"):
        program(*words)


def test_a_problem_names_file_and_line(program, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace("fixed: 100", "fixed: 0"))
    with pytest.raises(CommandError, match=r"^mine\.yaml:27: /policies/0/definition/give/points/fixed: "):
        program("plan", str(path))


def test_a_plan_that_would_be_refused_says_so_and_fails(program, file, capsys):
    Merchant.objects.create(slug="other", name="Other", currency="USD", domain="corner-shop.localhost")
    with pytest.raises(CommandError, match="belongs to another merchant"):
        program("plan", file)
    assert "+ tier gold" in capsys.readouterr().out
    with pytest.raises(CommandError, match="belongs to another merchant"):
        program("apply", file)


def test_the_schema_is_published(client):
    answer = client.get("/api/schema/programme.json")
    assert answer["Content-Type"] == "application/schema+json"
    assert answer.json() == json.loads(json.dumps(SCHEMA))
