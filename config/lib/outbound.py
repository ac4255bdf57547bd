"""Posting to addresses that others chose, without being led into our own network.

The name is resolved once, every address that it has must be public, and the connection goes to an address that was
checked; name and certificate are those of the URL all the same. No redirect is followed, and of the answer only its
head is read. The whole exchange has one deadline, which a receiver that sends a byte now and then cannot move.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError

DEADLINE_SECONDS = 15.0
HTTPS_PORT = 443
URL_MAX = 500
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # the metadata of one cloud, at an address that looks public
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # Teredo and its like: IPv4 in another coat
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)


class Unreachable(Exception):
    """Nothing was answered, or nothing was asked.

    :param code: why, for machines: `forbidden_address`, `unresolved`, `deadline`, `certificate`, `connection`.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered: the status, and when it wants to be asked again, in seconds (0: it did not say)."""

    status: int
    retry_after_seconds: int = 0


def is_postable(url: str) -> bool:
    """Whether `url` may be posted to, as far as can be told without resolving its name.

    https on port 443, without a user or a fragment. Development and tests may allow a server on this machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if len(url) > URL_MAX or not parts.hostname or "@" in parts.netloc or parts.fragment or not url.isascii():
        return False
    if any(sign <= " " or sign in '\\"<>^`{|}' for sign in url):
        return False
    if settings.OUTBOUND_LOOPBACK_ALLOWED and parts.scheme in {"http", "https"}:
        return True
    return parts.scheme == "https" and port in {None, HTTPS_PORT} and not _is_forbidden_literal(parts.hostname)


def post(url: str, *, body: bytes, headers: Mapping[str, str], deadline_seconds: float = DEADLINE_SECONDS) -> Answer:
    """Post `body`, and read the head of the answer.

    :raises Unreachable: if the address is not public, or there is no answer in time.
    """
    if not is_postable(url):
        raise Unreachable("forbidden_address")
    parts = urlsplit(url)
    connection = _connection(parts, _checked_address(parts), time.monotonic() + deadline_seconds)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    cut_off = Timer(deadline_seconds, connection.cut)
    cut_off.daemon = True
    cut_off.start()
    try:
        connection.request("POST", target, body=body, headers={"Host": parts.netloc, **headers}, preload_content=False)
        answered = connection.getresponse()
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise Unreachable(_why(error, is_late=connection.is_late)) from None
    finally:
        cut_off.cancel()
        connection.end()
    if connection.is_late:  # The head was cut off, which looks like its end.
        raise Unreachable("deadline")
    return Answer(answered.status, _seconds(answered.headers.get("Retry-After", "")))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, and not of a network, a machine or a cloud of our own."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found not in _PUBLIC_V6:
            return False
    return found.is_global and not found.is_multicast and not any(found in network for network in _NEVER)


def _is_forbidden_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False  # A name: what it stands for is seen when it is resolved.


def _checked_address(parts: SplitResult) -> str:
    """The address to connect to: the first that the name has, if all of them may be connected to."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or HTTPS_PORT, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("unresolved") from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(_may_be_connected_to(each) for each in addresses):
        raise Unreachable("forbidden_address")
    return addresses[0]


def _may_be_connected_to(address: str) -> bool:
    on_this_machine = ipaddress.ip_address(address.partition("%")[0]).is_loopback
    return is_public(address) or (on_this_machine and settings.OUTBOUND_LOOPBACK_ALLOWED)


class _Cuttable:
    """A connection that can be cut from outside, whatever it waits for: the handshake, a header, a byte of one."""

    until: float
    watched: socket.socket | None = None

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self.until

    def _new_conn(self) -> socket.socket:
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]  # of the connection that this is part of
        self.watched = connected.dup()  # TLS takes the socket itself away.
        if self.is_late:
            self.cut()
        return connected

    def cut(self) -> None:
        """Let whoever waits for the other side wait no longer."""
        if self.watched is not None:
            with suppress(OSError):
                self.watched.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Close it, without reading what else may come."""
        self.cut()
        if self.watched is not None:
            self.watched.close()
        self.close()  # type: ignore[attr-defined]  # as above


class _Plain(_Cuttable, HTTPConnection):
    """To a server on this machine, in development."""


class _Secure(_Cuttable, HTTPSConnection):
    """To everybody else."""


def _connection(parts: SplitResult, address: str, until: float) -> _Plain | _Secure:
    """A connection to `address` that asks for, and insists on, the name in the URL."""
    timeout = max(until - time.monotonic(), 0.001)
    connection: _Plain | _Secure
    if parts.scheme == "http":
        connection = _Plain(address, parts.port or 80, timeout=timeout)
    else:
        connection = _Secure(
            address,
            parts.port or HTTPS_PORT,
            timeout=timeout,
            server_hostname=parts.hostname,
            ssl_context=ssl.create_default_context(),
        )
    connection.until = until
    return connection


def _why(error: Exception, *, is_late: bool) -> str:
    if is_late:
        return "deadline"
    return "certificate" if isinstance(error, ssl.SSLError | SSLError) else "connection"


def _seconds(retry_after: str) -> int:
    """What `Retry-After` asks for, if it says so in seconds."""
    return int(retry_after) if re.fullmatch(r"[0-9]{1,6}", retry_after) else 0
