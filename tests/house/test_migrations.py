"""Migrations say what the models say, and their names say what they do."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

FLOORS = ("referrals", "credits", "rewards", "fulfillment")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_is_named_by_a_person():
    names = [name for app, name in MigrationLoader(None).disk_migrations if app in FLOORS]
    assert names
    for name in names:
        assert re.fullmatch(r"\d{4}_[a-z]+(_[a-z]+)*", name), name
        assert "_auto" not in name
        assert "initial" not in name


def columns_where(condition):
    """Columns of our tables, links between two tables apart, which Django makes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name ~ '^(referrals|credits|rewards|fulfillment)'"
            f" AND table_name !~ '_(groups|user_permissions)$' AND ({condition})"
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_key_is_large_enough_for_ever():
    assert columns_where("data_type = 'bigint' AND column_name = 'id'")
    assert columns_where("data_type = 'integer' AND column_name ~ '^id$|_id$'") == []


@pytest.mark.django_db
def test_no_amount_is_a_float_and_every_moment_has_a_zone():
    assert columns_where("data_type IN ('real', 'double precision', 'money', 'timestamp without time zone')") == []
    exact = [("credits_tier", "points_multiplier"), ("credits_wallet", "point_value")]
    assert sorted(columns_where("data_type = 'numeric'")) == exact
