"""What the log says of a request: which kind it was, and never of whom; nobody could erase it there."""

import logging
from typing import Any


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


def logging_to_console(level: str) -> dict[str, Any]:
    """Everything goes to the console, a line each, from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "filters": {"route": {"()": "config.lib.logs.RouteInsteadOfPath"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"filters": ["route"]} for name in ("django.request", "django.security.csrf")},
            # A line for each nudge and each sweep would bury the others.
            **{name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace")},
        },
    }
