"""P9: a client over the wire asks by gRPC how far referrals have come, while friends arrive and buy."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import grpc
import msgspec
import psycopg

from referrals.grpc.wire.referrals_pb2 import GetReferralStatusRequest
from referrals.grpc.wire.referrals_pb2_grpc import v1Stub
from tests.bench.databases import Server
from tests.bench.evaluating import environment, seed
from tests.bench.measuring import Measurement
from tests.bench.web import Load, drive, request, web_server

MERCHANT = "acme-shop"
CUSTOMERS = 3_000
PURCHASES = 9_000
CALLERS = 8
CONVERSIONS_PER_SECOND = 100 * 700 / 3600
"""A hundred times what is expected of a merchant."""
CALLS_PER_SECOND = 500


def calling(server: Server, rounds: int, seconds: float) -> list[Measurement]:
    """Calls a second beside the goal, and p99 beside p50, with what went wrong."""
    url, keys = seed(server, "grpc", customers=CUSTOMERS, purchases=PURCHASES)
    key = keys[MERCHANT]
    referrals, codes = _known(url)
    errors: Counter[str] = Counter()
    numbers = count()
    with web_server(url) as port, _worker(url), _grpc_server(url) as address, ThreadPoolExecutor(1) as shop:
        loads = []
        for _ in range(rounds):
            friends = shop.submit(
                drive,
                port,
                lambda: _conversion(key, next(numbers), random.choice(codes)),
                seconds=seconds,
                status=202,
                per_second=CONVERSIONS_PER_SECOND,
            )
            loads.append(_call(address, key, referrals, seconds, errors))
            friends.result()
    said = ", ".join(f"{number} {code}" for code, number in errors.items()) or "no errors"
    arrived = f"{seconds:g} s a round, {next(numbers)} friends arrived and bought meanwhile; {said}"
    return [
        Measurement(
            "P9 gRPC GetReferralStatus", "calls/s", [load.rate for load in loads], "asked for",
            [float(CALLS_PER_SECOND)] * rounds, 1.0, remark=arrived,
        ),
        Measurement(
            "P9 p99", "µs", [load.quantile(0.99) * 1e6 for load in loads], "p50",
            [load.quantile(0.5) * 1e6 for load in loads], None,
        ),
    ]  # fmt: skip


def _known(url: str) -> tuple[list[str], list[str]]:
    """The merchant's referrals, and codes that friends can come with."""
    with psycopg.connect(url) as connection:
        of_merchant = "FROM {} WHERE merchant_id = (SELECT id FROM referrals_merchant WHERE slug = %s)"
        uuids = connection.execute("SELECT uuid::text " + of_merchant.format("referrals"), [MERCHANT])
        codes = connection.execute("SELECT code " + of_merchant.format("referrals_referralcode"), [MERCHANT])
        return [uuid for (uuid,) in uuids], [code for (code,) in codes]


def _conversion(key: str, number: int, code: str) -> bytes:
    body = {
        "event_id": f"conversion-{number}",
        "order_id": f"conversion-{number}",
        "occurred_at": "2026-11-01T12:00:00Z",
        "currency": "USD",
        "total": 2500,
        "customer": {"id": f"friend-{number}"},
        "referral_code": code,
        "items": [{"sku": "SOUP", "quantity": 1, "unit_price": 2500, "category": "meals"}],
    }
    return request("/api/v1/purchases", key=key, body=msgspec.json.encode(body))


def _call(address: str, key: str, referrals: list[str], seconds: float, errors: Counter[str]) -> Load:
    """Callers that each ask again when they were answered, over one connection."""
    load = Load()
    metadata = [("authorization", f"Bearer {key}")]
    until = time.perf_counter() + seconds

    def call(get_status: grpc.UnaryUnaryMultiCallable) -> None:
        while (begin := time.perf_counter()) < until:
            asked = GetReferralStatusRequest(referral_id=random.choice(referrals), merchant_id=MERCHANT)
            try:
                get_status(asked, metadata=metadata, timeout=5)
            except grpc.RpcError as error:
                errors[error.code().name] += 1
            else:
                load.latencies.append(time.perf_counter() - begin)

    begin = time.perf_counter()
    with grpc.insecure_channel(address) as channel, ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(call, [v1Stub(channel).GetReferralStatus] * CALLERS))
    load.answers, load.seconds = len(load.latencies), time.perf_counter() - begin
    return load


@contextmanager
def _worker(url: str) -> Iterator[None]:
    words = "-m celery --quiet -A config worker --loglevel ERROR --concurrency 1"
    process = subprocess.Popen([sys.executable, *words.split()], env=environment(url))
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def _grpc_server(url: str) -> Iterator[str]:
    env = environment(url) | {"GRPC_ADDRESS": "127.0.0.1:0"}
    process = subprocess.Popen([sys.executable, "-m", "config.grpc"], env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process.stderr.readline().split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=30)
