"""Other people's servers on loopback: one that behaves, and some that do not. Each counts who connects."""

import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers by `answer`, which gets the socket after the request was read."""

    answer: object
    tls: ssl.SSLContext | None = None
    requests: list[Received] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.closed = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook?from=grapevine"

    def close(self):
        self.closed.set()
        self.listener.close()

    def _listen(self):
        while not self.closed.is_set():
            with suppress(OSError):
                connected, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=[connected], daemon=True).start()

    def _serve(self, connected):
        with connected, suppress(OSError):
            self._read(self.tls.wrap_socket(connected, server_side=True) if self.tls else connected)

    def _read(self, connected):
        with connected, connected.makefile("rb") as stream:
            _, path, _ = stream.readline().decode().split()
            headers = {}
            while line := stream.readline().strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            self.requests.append(Received(path, headers, stream.read(int(headers.get("content-length", 0)))))
            self.answer(self, connected)


def says(status, *headers):
    """Answer with a status, and nothing else."""
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status} Whatever", "Content-Length: 0", *headers))
    return lambda receiver, connected: connected.sendall(f"{head}\r\n".encode())


def changes_its_mind(*answers):
    """Answer first so, then so; the last answer stays."""
    return lambda receiver, connected: answers[min(len(receiver.requests), len(answers)) - 1](receiver, connected)


def hangs(receiver, connected):
    """Never answer."""
    receiver.closed.wait(60)


def drips(receiver, connected):
    """Answer a byte at a time, for ever: each comes before any time-out between two of them."""
    connected.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not receiver.closed.is_set():
        connected.sendall(b"z")
        time.sleep(0.05)


def pours(receiver, connected):
    """Answer with a gigabyte."""
    connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    receiver.poured = 0
    while not receiver.closed.is_set() and receiver.poured < 1_073_741_824:
        receiver.poured += connected.send(b"z" * 65_536)


def babbles(receiver, connected):
    """Answer with what is no HTTP."""
    connected.sendall(b"\x16\x03\x01 who is there\r\n\r\n" * 100)
