"""When the demo can be used."""

import http.client
import time

from config.devstack.supervisor import Supervisor

HEALTH_PATH = "/healthz"
PATIENCE = 10.0


class Readiness:
    """Watches a demo that is starting."""

    def __init__(self, supervisor: Supervisor, web_url: str) -> None:
        """Take the processes to watch, and the address of the pages, as in `http://127.0.0.1:8000`."""
        self._supervisor = supervisor
        self._host = web_url.removeprefix("http://")
        self._healthy_at: float | None = None

    def is_reached(self) -> bool:
        """Tell whether the pages are healthy and the other processes up; those are not waited for very long.

        What people want to read is printed then, rather than above the lines of what is still starting.
        """
        if self._healthy_at is None:
            self._healthy_at = time.monotonic() if self._is_healthy() else None
            return False
        waited = time.monotonic() - self._healthy_at
        return waited > PATIENCE or self._supervisor.are_up()

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(self._host, timeout=1)
        try:
            connection.request("GET", HEALTH_PATH)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
