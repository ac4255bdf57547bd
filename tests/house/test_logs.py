"""Logs for machines: a line of JSON, the id of the request, and nothing of anybody."""

import json
import logging

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse

from config.lib.logs import JsonFormatter
from config.lib.requests import RequestIdMiddleware
from tests.factories.referrals import CustomerFactory


def line(record):
    return json.loads(JsonFormatter().format(record))


def record(message, *args, error=None, **more):
    made = logging.LogRecord("shop", logging.ERROR, __file__, 1, message, args, (type(error), error, None))
    made.exc_info = (type(error), error, error.__traceback__) if error else None
    vars(made).update(more)
    return made


def test_a_record_is_one_line_with_its_level_and_words():
    told = line(record("Two\n%s", "lines"))

    assert (told["level"], told["logger"], told["message"]) == ("error", "shop", "Two\nlines")
    assert "\n" not in JsonFormatter().format(record("Two\n%s", "lines"))
    assert "request_id" not in told


def test_what_is_logged_while_a_request_is_answered_has_its_id(rf):
    seen = []
    answer = RequestIdMiddleware(lambda request: seen.append(line(record("Here"))) or HttpResponse())

    response = answer(rf.get("/", headers={"X-Request-Id": "till-7"}))

    assert response["X-Request-Id"] == "till-7"
    assert seen[0]["request_id"] == "till-7"
    assert "request_id" not in line(record("Afterwards"))


@pytest.mark.django_db
def test_an_error_is_told_without_its_words_for_a_database_quotes_the_values_of_a_row():
    ann = CustomerFactory(external_id="ann@example.com")
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        CustomerFactory(merchant=ann.merchant, external_id="ann@example.com")

    told = line(record("It failed", error=broken.value, request=ann))

    assert "ann@example.com" in str(broken.value)
    assert "ann@example.com" not in json.dumps(told)
    assert [each["kind"] for each in told["errors"]] == [
        "django.db.utils.IntegrityError",
        "psycopg.errors.UniqueViolation",
    ]
    assert any("test_logs.py" in place for place in told["errors"][0]["at"])
