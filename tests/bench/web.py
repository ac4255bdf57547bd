"""The product's web server, as `make run` starts it, and a client that keeps it busy."""

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WORKERS, THREADS = 2, 8
CONNECTIONS = 16
START_SECONDS = 60


@contextmanager
def web_server(database_url: str) -> Iterator[int]:
    """The web server on a free port of the loopback; its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket",
        "--log-level", "error", "--keep-alive", "75",
    ]  # fmt: skip
    environment = {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    process = subprocess.Popen(words, env=environment)
    try:
        _wait_until_it_answers(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def request(
    path: str, *, host: str = "localhost", key: str = "", session: str = "", body: bytes | None = None
) -> bytes:
    """A request as it goes over the wire, of another system by its key, or of a person by their session."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {host}"]
    if session:
        lines.append(f"Cookie: sessionid={session}")
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


@dataclass
class Load:
    """What a load gave: how many answers of the expected status, in what time, and how long each took."""

    answers: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def quantile(self, part: float) -> float:
        """The latency, in seconds, that this part of the answers stayed below."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def drive(
    port: int, next_request: Callable[[], bytes | None], *, seconds: float, status: int = 200, per_second: float = 0.0
) -> Load:
    """Send requests over sixteen connections that stay open, each the next when its answer has come.

    :param next_request: the bytes of the next request; None: there is none left.
    :param per_second: not more than so many a second; 0: as many as the server can answer.
    :raises RuntimeError: at an answer of another status.
    """
    load = Load()
    chooser = selectors.DefaultSelector()
    idle = [_connect(port, chooser) for _ in range(CONNECTIONS)]
    connections = list(idle)
    sent_at: dict[socket.socket, float] = {}
    begin = time.perf_counter()
    sent, is_over = 0, False
    try:
        while sent_at or not is_over:
            now = time.perf_counter()
            is_over = is_over or now - begin >= seconds
            while idle and not is_over and (not per_second or sent < (now - begin) * per_second):
                if (content := next_request()) is None:
                    is_over = True
                    break
                connection = idle.pop()
                sent_at[connection] = time.perf_counter()
                connection.sendall(content)
                sent += 1
            for event, _ in chooser.select(0.001 if per_second else 0.05):
                connection = event.fileobj
                _read_answer(connection, status)
                load.latencies.append(time.perf_counter() - sent_at.pop(connection))
                load.answers += 1
                idle.append(connection)
        load.seconds = time.perf_counter() - begin
    finally:
        chooser.close()
        for connection in connections:
            connection.close()
    return load


def _connect(port: int, chooser: selectors.BaseSelector) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    chooser.register(connection, selectors.EVENT_READ)
    return connection


def _read_answer(connection: socket.socket, status: int) -> None:
    received = connection.recv(65536)
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    if int(head.split(b" ", 2)[1]) != status:
        raise RuntimeError(f"An answer that was not expected: {received[:500]!r}")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)


def _wait_until_it_answers(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            drive(port, iter([request("/healthz"), None]).__next__, seconds=5)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The web server does not answer.")
