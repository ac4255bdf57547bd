"""The gRPC server, `python -m config.grpc`: a process of its own, which ends gracefully at SIGTERM.

Any number of them may share an address: the kernel spreads the connections. Keys come as metadata, so beyond the
machine a proxy that ends TLS belongs in front, as with the web.
"""

import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import django
import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

THREADS = 8
WAITING = 200
GRACE_SECONDS = 4

logger = logging.getLogger(__name__)


def serve(address: str) -> None:
    """Answer until SIGTERM or SIGINT; then take no more calls, and finish those that have begun.

    :param address: host and port.
    :raises RuntimeError: if the address cannot be had.
    """
    from referrals.grpc.services import add_services  # noqa: PLC0415 (models can be imported once Django is set up)

    stop_signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)  # The threads that follow inherit it: only we are told.
    # What would wait longer than anybody is refused at once, as RESOURCE_EXHAUSTED.
    server = grpc.server(ThreadPoolExecutor(THREADS), maximum_concurrent_rpcs=THREADS + WAITING)
    names = ["", *add_services(server), health.SERVICE_NAME, reflection.SERVICE_NAME]
    state = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    reflection.enable_server_reflection(names[1:], server)
    for name in names:
        state.set(name, health_pb2.HealthCheckResponse.SERVING)
    port = server.add_insecure_port(address)
    server.start()
    logger.info("gRPC is ready at %s:%s", address.rpartition(":")[0], port)
    signal.sigwait(stop_signals)
    state.enter_graceful_shutdown()
    server.stop(GRACE_SECONDS).wait()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Somebody waits for the answer: what takes longer than this is given up, here and on the server.
    os.environ.setdefault("DATABASE_DEADLINE_SECONDS", "3")
    os.environ.setdefault("STATEMENT_TIMEOUT_MS", "5000")
    django.setup()
    serve(django.conf.settings.GRPC_ADDRESS)
