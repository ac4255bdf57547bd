"""What the log says of a request: which kind it was, and never of whom; nobody could erase it there."""

import json
import logging
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

this_request: ContextVar[Callable[[], str] | None] = ContextVar("this_request", default=None)
"""Tells the id of the request that is being answered."""


class RouteInsteadOfPath(logging.Filter):
    """Puts the pattern of the address in the place of the address, which may hold a customer's id or a code."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change a record that tells of a request; every record goes on."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "an unknown address"
            record.args = tuple(route if arg == request.path else arg for arg in record.args)
        return True


class JsonFormatter(logging.Formatter):
    """A line of JSON for each record, with the id of the request that it belongs to.

    Of an error it says the kind and the places in the code, but not its words: those of a database quote the values of
    a row. What else hangs on a record is left out for the same reason.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := this_request.get():
            told["request_id"] = request_id()
        if isinstance(status := getattr(record, "status_code", None), int):
            told["status"] = status
        if record.exc_info and record.exc_info[1]:
            told["errors"] = _errors(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def _errors(error: BaseException | None) -> list[dict[str, Any]]:
    """An error and what led to it, the outermost first."""
    told: list[dict[str, Any]] = []
    while error is not None and len(told) < 10:
        frames = traceback.extract_tb(error.__traceback__)
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        told.append({"kind": kind, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]})
        error = error.__cause__ or error.__context__
    return told


def logging_to_console(level: str, *, as_json: bool) -> dict[str, Any]:
    """Everything goes to the console, a line each, from `level` on.

    :param as_json: for machines that read it; else for people.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "config.lib.logs.JsonFormatter"},
        },
        "filters": {"route": {"()": "config.lib.logs.RouteInsteadOfPath"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json" if as_json else "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"filters": ["route"]} for name in ("django.request", "django.security.csrf")},
            # A line for each nudge and each sweep would bury the others.
            **{name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace")},
        },
    }
