"""A breaker: a server that was found away is asked no more until a probe in the background has found it back.

So a server that hangs delays only the requests that were waiting for it when it was found out; no later one pays
for finding out again.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

PROBE_SECONDS = 0.5


class Breaker:
    """Whether a server may be asked.

    Ready-made libraries let a request try the server from time to time; that request would wait for it.
    """

    def __init__(self, name: str, probe: Callable[[], object]) -> None:
        """Begin closed: the server may be asked.

        :param probe: asks the server, waits for it no longer than its deadline, and raises if it is away.
        """
        self.name = name
        self.is_open = False
        self._probe = probe
        self._lock = threading.Lock()
        # A child has none of its parent's threads: it finds out by itself.
        os.register_at_fork(after_in_child=self.close)

    def open(self) -> None:
        """Ask the server no more until it is back; it is probed at once, in case that it was only slow."""
        with self._lock:
            if self.is_open:
                return
            self.is_open = True
        logger.warning("%s is away.", self.name)
        threading.Thread(target=self._wait_until_back, name=f"probe of {self.name}", daemon=True).start()

    def close(self) -> None:
        """Let the server be asked again."""
        self.is_open = False

    def _wait_until_back(self) -> None:
        while self.is_open:
            try:
                self._probe()
            except Exception:  # noqa: BLE001 (whatever it is, the server does not answer)
                time.sleep(PROBE_SECONDS)
            else:
                self.close()
                logger.warning("%s is back.", self.name)
