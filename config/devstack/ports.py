"""Choosing ports of the loopback interface."""

import errno
import socket

LOOPBACK = "127.0.0.1"
NEIGHBOURS = 50


def listen(wanted: int) -> socket.socket:
    """Listen on a port of 127.0.0.1, or on the next free one when it is taken.

    The caller hands the open socket on to the web server: nobody can take the port in between, and
    while the web server restarts, connections wait instead of being refused.

    Args:
        wanted: port number to try first, 1 to 65535.

    Returns:
        The listening socket; `getsockname()[1]` is its port.

    Raises:
        PermissionError: when this user may not have the wanted port (those below 1024, mostly).
    """
    following = range(wanted, min(wanted + NEIGHBOURS, 65536))
    for port in (*following, 0):
        try:
            return _listening(port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, "every port is taken")


def unused(wanted: int) -> int:
    """Return a port of 127.0.0.1 that was free a moment ago, for a server that opens it by itself.

    Args:
        wanted: port number to try first, 1 to 65535; the next free one is taken when it is not free.
    """
    with listen(wanted) as listener:
        port: int = listener.getsockname()[1]
        return port


def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago; whoever uses it must be ready to try again."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        # Connections of the previous run that are still winding down must not cost us the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
