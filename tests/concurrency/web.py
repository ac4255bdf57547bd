"""The product's web server on the test database, and many callers who arrive at the same moment."""

import http.client
import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier

from tests.concurrency.processes import PATIENCE_SECONDS, PROJECT, environment, wait_until

WORKERS, THREADS = 2, 32
LOCK_SECONDS = 10
"""The longest that anybody waits for a lock (`lock_timeout` of the settings); whoever waits longer gets 503."""


@contextmanager
def web_server(folder):
    """The web server on a free port of the loopback, with a thread for each caller; its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = f"-m gunicorn config.wsgi:application --bind 127.0.0.1:{port} --worker-class gthread"
    words += f" --workers {WORKERS} --threads {THREADS} --no-control-socket --log-file {folder}/web.log"
    # The machine may be busy: nothing but the wait for a lock is limited here.
    patience = {"DATABASE_DEADLINE_SECONDS": "60", "STATEMENT_TIMEOUT_MS": "60000"}
    server = subprocess.Popen([sys.executable, *words.split()], cwd=PROJECT, env=environment(**patience))
    try:
        assert wait_until(lambda: _answers(port)), (folder / "web.log").read_text()
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


def at_the_same_moment(port, calls):
    """Send calls (path, body, headers) whose last bytes go out together; their answers: (status, body), in order."""
    start = Barrier(len(calls))

    def send(call):
        path, body, headers = call
        content = json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest("POST", path)
            for name, value in {**headers, "Content-Type": "application/json", "Content-Length": len(content)}.items():
                connection.putheader(name, value)
            connection.endheaders(content[:-1])
            start.wait(PATIENCE_SECONDS)
            connection.send(content[-1:])
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except BaseException:
            start.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(send, calls))


def _answers(port):
    with suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        finally:
            connection.close()
    return False
