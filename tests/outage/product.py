"""The product on servers of its own, which can be stopped, frozen and brought back while its web server runs."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import redis

from config.devstack import keys, servers
from config.devstack.environment import inherited, variables

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30


class Product:
    """Servers, a web process, and another system that calls it."""

    def __init__(self, found, folder):
        self.postgres, self.redis = found.started
        self.addresses = found.addresses
        ours = variables(mode="test", addresses=found.addresses, keys=keys.fresh())
        self.env = {**inherited(), **ours, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(PROJECT)}
        self.manage("migrate", "--verbosity=0")
        self.merchant, self.other_merchant = json.loads(self.manage("seed_acceptance"))["merchants"]
        self.hand = self._start("-m", "tests.outage.hand", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.hand.stdout.readline() == "ready\n"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        web = f"-m gunicorn config.wsgi:application --bind 127.0.0.1:{self.port} --worker-class gthread --threads 4"
        self.web = self._start(*f"{web} --no-control-socket --capture-output --log-file {folder}/web.log".split())

    def manage(self, *words):
        """Run a command of manage.py; what it printed."""
        command = [sys.executable, str(PROJECT / "manage.py"), *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=True).stdout

    def work(self, what):
        """Let a worker evaluate what is due, or make snapshots."""
        self.hand.stdin.write(f"{what}\n")
        self.hand.stdin.flush()
        assert self.hand.stdout.readline() == "done\n"

    def call(self, method, path, body=None, *, merchant=None):
        """An answer of the API."""
        key = (merchant or self.merchant)["api_key"]
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def credits(self, customer, **call):
        """A customer's credits."""
        return self.call("GET", f"/api/v1/customers/{customer}/credits", **call)

    def buy(self, customer, number):
        """Record a purchase of ten dollars."""
        body = {
            "event_id": f"event-{number}",
            "order_id": f"order-{number}",
            "occurred_at": "2026-11-20T12:00:00Z",
            "currency": "USD",
            "total": 1000,
            "customer": {"id": customer},
            "items": [{"sku": "SOUP", "quantity": 1, "unit_price": 1000, "category": "meals"}],
        }
        return self.call("POST", "/api/v1/purchases", body)

    def earn(self, customer, number):
        """A purchase that is evaluated, and whose points are in a snapshot."""
        assert self.buy(customer, number).status == 202
        self.work("evaluate")
        self.work("refill")

    def until_well(self):
        """Wait until both servers are asked again, by the web process and by the worker."""
        with redis.Redis.from_url(self.addresses.redis) as client:
            client.flushdb()
            until = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < until:
                with contextlib.suppress(OSError):
                    if self.credits("carol").json.get("stale") is False and client.keys("*carol"):
                        self.work("rest")
                        return
                time.sleep(0.05)
        raise AssertionError("The product did not recover.")

    def close(self):
        """End what was started."""
        for process in (self.web, self.hand):
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)

    def _start(self, *words, **streams):
        return subprocess.Popen([sys.executable, *words], cwd=PROJECT, env=self.env, text=True, **streams)


class Answer:
    """An answer, read to its end."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)


@contextlib.contextmanager
def running(folder):
    """The product, from empty servers to its web process."""
    with servers.throwaway() as found:
        product = Product(found, folder)
        try:
            product.until_well()
            yield product
        finally:
            product.close()


@contextlib.contextmanager
def stopped(server):
    """A server that is not there."""
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextlib.contextmanager
def frozen(server):
    """A server that takes connections and never answers."""
    parent = psutil.Process(server.process.pid)
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def crowded(postgres):
    """A PostgreSQL whose connections are all taken, by others; those that were open are cut."""
    address = postgres.url.removeprefix("postgres://").replace("@/", "@localhost/")
    with contextlib.ExitStack() as stack, psycopg.connect(f"postgres://{address}", autocommit=True) as first:
        first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        )
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(psycopg.connect(f"postgres://{address}"))
        yield
