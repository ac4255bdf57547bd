"""P3: reading credits beside an empty view. P5: intake over HTTP, in lists beside TPC-B, one by one beside the view.

And a customer's home, the page that is opened most, beside the same view.
"""

import itertools
import json

from tests.bench.databases import Server
from tests.bench.evaluating import seed, sign_in
from tests.bench.measuring import Measurement
from tests.bench.shopping import Crowd, customer_id
from tests.bench.web import Load, drive, request, web_server
from tests.bench.yardstick import Yardstick

MERCHANT = "acme-shop"
CUSTOMERS = 3_000
PURCHASES = 9_000
SECONDS = 4.0
LIST = 500
LISTS = 24


def answering(server: Server, yardstick: Yardstick | None, rounds: int) -> list[Measurement]:
    """P3 and P5, each beside its yardstick, in turn."""
    url, keys = seed(server, "web", customers=CUSTOMERS, purchases=PURCHASES)
    session = sign_in(url, MERCHANT)
    with web_server(url) as port:
        return [
            *_reading(port, keys[MERCHANT], rounds),
            _home(port, session, rounds),
            *_intake(port, keys[MERCHANT], yardstick, rounds),
        ]


def _reading(port: int, key: str, rounds: int) -> list[Measurement]:
    customers = CUSTOMERS // 3
    reads = itertools.cycle(
        [request(f"/api/v1/customers/{customer_id(number)}/credits", key=key) for number in range(customers)]
    )
    empty = request("/empty")
    for warm_up in (lambda: empty, reads.__next__):
        drive(port, warm_up, seconds=1.0)
    credits_rates, empty_rates = [], []
    for _ in range(rounds):
        empty_rates.append(drive(port, lambda: empty, seconds=SECONDS).rate)
        credits_rates.append(drive(port, reads.__next__, seconds=SECONDS).rate)
    half, empty_half = [], []
    for _ in range(rounds):
        half.append(drive(port, reads.__next__, seconds=SECONDS, per_second=max(credits_rates) / 2))
        empty_half.append(drive(port, lambda: empty, seconds=SECONDS, per_second=max(empty_rates) / 2))
    return [
        Measurement("P3 GET credits", "answers/s", credits_rates, "empty view", empty_rates, 0.55),
        _tail("P3 p99 at half load", half, 3.0),
        # What of it is the machine's: the view that does nothing, at half of what it can answer.
        _tail("p99 of the empty view at half load", empty_half, None),
    ]


def _home(port: int, session: str, rounds: int) -> Measurement:
    """Both in time of the server for an answer, when it is as busy as it can be."""
    home, empty = request("/", host=f"{MERCHANT}.localhost", session=session), request("/empty")
    drive(port, lambda: home, seconds=1.0)
    homes, empties = [], []
    for _ in range(rounds):
        empties.append(1_000_000 / drive(port, lambda: empty, seconds=SECONDS).rate)
        homes.append(1_000_000 / drive(port, lambda: home, seconds=SECONDS).rate)
    return Measurement("Home of a customer", "µs an answer", homes, "empty view", empties, 15.0, at_most=True)


def _tail(name: str, loads: list[Load], goal: float | None) -> Measurement:
    return Measurement(name, "µs", _quantiles(loads, 0.99), "p50", _quantiles(loads, 0.5), goal, at_most=True)


def _quantiles(loads: list[Load], part: float) -> list[float]:
    return [load.quantile(part) * 1_000_000 for load in loads]


def _intake(port: int, key: str, yardstick: Yardstick | None, rounds: int) -> list[Measurement]:
    empty = request("/empty")
    single_rates, empty_rates, list_rates, beside = [], [], [], []
    for number in range(rounds):
        events = list(Crowd(MERCHANT, CUSTOMERS // 3, LIST * LISTS).events({}, batch=f"r{number}-"))
        lists = [
            request("/api/v1/purchases", key=key, body=json.dumps(events[at : at + LIST]).encode())
            for at in range(0, len(events), LIST)
        ]
        if yardstick is not None:
            beside.append(yardstick.transactions_per_second())
            list_rates.append(drive(port, iter([*lists, None]).__next__, seconds=60, status=202).rate * LIST)
        singles = Crowd(MERCHANT, CUSTOMERS // 3, 100_000).events({}, batch=f"s{number}-")
        empty_rates.append(drive(port, lambda: empty, seconds=SECONDS).rate)
        single_rates.append(
            drive(
                port,
                lambda events=singles: request("/api/v1/purchases", key=key, body=json.dumps(next(events)).encode()),
                seconds=SECONDS,
                status=202,
            ).rate
        )
    lists_measured = [Measurement("P5 intake, lists of 500", "purchases/s", list_rates, "TPC-B", beside, 3.0)]
    return [
        *(lists_measured if beside else []),
        Measurement("P5 intake, one by one", "purchases/s", single_rates, "empty view", empty_rates, 0.12),
    ]
