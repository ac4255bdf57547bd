"""The start is refused when something is missing or weak; and what must be set is set, seen from inside."""

import json
import os
import string
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django_redis import get_redis_connection

from config.celery import app

GOOD = {
    "GRAPEVINE_MODE": "production",
    "DATABASE_URL": "postgres://grapevine@127.0.0.1/grapevine",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "BROKER_URL": "redis://127.0.0.1:6379/1",
    "ALLOWED_HOSTS": "rewards.example.com",
    "SECRET_KEY": string.ascii_letters,
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "LOOKUP_HASH_KEY": "0123456789abcdef" * 4,
}
SHOWN = [
    "DEBUG",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "ALLOWED_HOSTS",
    "CELERY_BROKER_URL",
    "STAFF_SECOND_FACTOR",
]
SHOW = f"import json, config.settings as s; print(json.dumps({{name: getattr(s, name, None) for name in {SHOWN}}}))"


def start(code=SHOW, **changes):
    """Read the settings in a fresh process, with nothing but these variables; `None` leaves one out."""
    named = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR), **named}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def assert_refused(run, reason):
    assert run.returncode != 0
    last_line = run.stderr.strip().splitlines()[-1]
    assert last_line.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert reason in last_line


def test_production_starts_with_all_that_it_needs_and_is_secure():
    run = start()
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "ALLOWED_HOSTS": ["rewards.example.com"],
        "CELERY_BROKER_URL": GOOD["BROKER_URL"],
        "STAFF_SECOND_FACTOR": True,
    }


def test_django_finds_nothing_to_improve_for_production():
    check = "import django; django.setup(); from django.core.management import call_command as run;"
    run = start(f"{check} run('check', deploy=True, fail_level='WARNING')", DJANGO_SETTINGS_MODULE="config.settings")
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", [name for name in GOOD if name != "GRAPEVINE_MODE"])
def test_production_refuses_to_start_without(name):
    assert_refused(start(**{name: None}), f"these variables are not set: {name}.")


def test_a_variable_that_is_empty_is_not_set():
    assert_refused(start(REDIS_URL="", SECRET_KEY=""), "these variables are not set: REDIS_URL, SECRET_KEY.")


def test_without_a_mode_it_is_production():
    assert_refused(start(GRAPEVINE_MODE=None, BROKER_URL=None), "GRAPEVINE_MODE is production")


def test_production_never_lets_webhooks_reach_what_listens_here():
    assert_refused(start(OUTBOUND_LOOPBACK_ALLOWED="true"), "OUTBOUND_LOOPBACK_ALLOWED is for development")


def test_an_unknown_mode_is_refused():
    assert_refused(start(GRAPEVINE_MODE="staging"), "GRAPEVINE_MODE is 'staging'")


def test_outside_production_the_broker_may_be_the_cache_and_the_host_is_this_machine():
    run = start(GRAPEVINE_MODE="development", BROKER_URL=None, ALLOWED_HOSTS=None)
    shown = json.loads(run.stdout)
    assert shown["CELERY_BROKER_URL"] == GOOD["REDIS_URL"]
    assert "localhost" in shown["ALLOWED_HOSTS"]
    assert (shown["DEBUG"], shown["SESSION_COOKIE_SECURE"]) == (False, False)


@pytest.mark.parametrize(
    ("name", "weak"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "k" * 49),
        ("SECRET_KEY", "django-insecure-" + "k" * 60),
        ("LOOKUP_HASH_KEY", "ab" * 31),
        ("LOOKUP_HASH_KEY", "xy" * 32),
        ("FIELD_ENCRYPTION_KEYS", "not-a-key"),
        ("FIELD_ENCRYPTION_KEYS", GOOD["FIELD_ENCRYPTION_KEYS"] + ",short"),
    ],
)
def test_a_weak_or_broken_key_is_refused(name, weak):
    assert_refused(start(**{name: weak}), f"{name} must be")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("synchronous_commit", "on"),
        ("transaction_isolation", "read committed"),
        ("statement_timeout", "1min"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
def test_what_a_session_of_the_database_must_have_set(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)


def test_a_task_is_never_lost_with_its_worker():
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert set(conf.accept_content) == {"json"}
    assert conf.task_serializer == "json"
    assert conf.task_soft_time_limit < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]
    assert not conf.task_always_eager


def test_a_frozen_redis_is_waited_for_a_quarter_of_a_second_once():
    redis = get_redis_connection().connection_pool.make_connection()
    assert max(redis.socket_timeout, redis.socket_connect_timeout) <= 0.25
    assert redis.retry.get_retries() == 0


def test_a_web_process_waits_for_nobody_for_long():
    shown = "s.DATABASE_DEADLINE_SECONDS, s.STATEMENT_TIMEOUT_MS, s.CELERY_BROKER_TRANSPORT_OPTIONS['socket_timeout']"
    run = start(f"import config.wsgi; from django.conf import settings as s; print({shown})")
    assert run.stdout.split() == ["3.0", "5000", "0.25"], run.stderr


def test_other_processes_wait_for_the_database_as_long_as_it_lets_them():
    assert settings.DATABASE_DEADLINE_SECONDS is None
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] == 2
