"""What Prometheus reads, `python -m config.metrics`: a process of its own, on an address of its own.

So nothing of it can be had where the pages are. What waits is read from the rows at each scrape. What web processes
count lies in the folder that PROMETHEUS_MULTIPROC_DIR names to them and to this one; without it, they count nothing.
"""

import os
import signal
from collections.abc import Iterator

import django
from django.db import Error as DatabaseError
from django.db import connection
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector


class SystemCollector(Collector):
    """What waits and who works, as the page of the system shows it."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read all of it, in one connection that is given back at once."""
        from config.lib.redis import ask_redis  # noqa: PLC0415 (needs Django to be set up)

        up = GaugeMetricFamily("grapevine_server_up", "Whether a server answers.", labels=["server"])
        try:
            yield from [*_queues(), *_readers()]
            up.add_metric(["postgresql"], 1)
        except DatabaseError:
            up.add_metric(["postgresql"], 0)
        finally:
            connection.close()
        up.add_metric(["redis"], int(bool(ask_redis(lambda redis: redis.ping()))))
        yield up
        yield from _signs()


def _queues() -> Iterator[GaugeMetricFamily]:
    from config.cockpit.queues import waiting  # noqa: PLC0415 (models need Django to be set up)

    rows = GaugeMetricFamily("grapevine_queue_rows", "Rows that wait.", labels=["queue"])
    oldest = GaugeMetricFamily("grapevine_queue_oldest_timestamp_seconds", "Since when.", labels=["queue"])
    for each in waiting():
        rows.add_metric([each.queue.name], each.rows)
        if each.oldest:
            oldest.add_metric([each.queue.name], each.oldest.timestamp())
    yield rows
    yield oldest


def _readers() -> Iterator[GaugeMetricFamily]:
    from config.cockpit.system import readers  # noqa: PLC0415 (models need Django to be set up)

    behind = GaugeMetricFamily("grapevine_outbox_events_behind", "Events to read, at most.", labels=["reader"])
    for reader in readers():
        behind.add_metric([reader.name], reader.behind)
    yield behind


def _signs() -> Iterator[GaugeMetricFamily]:
    from config.cockpit.signs import WORKERS, last_heartbeat, last_proof  # noqa: PLC0415 (needs Django to be set up)

    seen = GaugeMetricFamily("grapevine_worker_seen_timestamp_seconds", "When workers were seen.", labels=["worker"])
    for name in WORKERS:
        if at := last_heartbeat(name):
            seen.add_metric([name], at.timestamp())
    yield seen
    if proof := last_proof():
        ran = GaugeMetricFamily("grapevine_proof_timestamp_seconds", "When the books were last proved.")
        ran.add_metric([], proof.checked_at.timestamp())
        wrong = GaugeMetricFamily("grapevine_proof_violations", "Rows that broke a rule then.")
        wrong.add_metric([], proof.violations)
        yield from (ran, wrong)


def registry() -> CollectorRegistry:
    """Everything that is told to Prometheus."""
    found = CollectorRegistry()
    found.register(SystemCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]  # it has no types
    return found


def serve(address: str) -> None:
    """Answer until SIGTERM or SIGINT.

    :param address: host and port.
    :raises OSError: if the address cannot be had.
    """
    stop_signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)  # The thread that follows inherits it: only we are told.
    host, _, port = address.rpartition(":")
    server, thread = start_http_server(int(port), addr=host, registry=registry())
    signal.sigwait(stop_signals)
    server.shutdown()
    thread.join()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_DEADLINE_SECONDS", "3")
    os.environ.setdefault("STATEMENT_TIMEOUT_MS", "2500")
    django.setup()
    serve(os.environ.get("METRICS_ADDRESS", "127.0.0.1:9464"))
