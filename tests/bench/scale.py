"""P4: a ledger of ten million entries beside one of ten thousand, turn by turn: `make bench-scale`."""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from tests.bench.databases import server
from tests.bench.evaluating import environment, seed
from tests.bench.growing import grow, open_accounts, settle_down
from tests.bench.measuring import Measurement, table

CUSTOMERS = 30_000
PURCHASES = 60_000
READS = 2_000
POSTS = 1_500
ENTRIES = 10_000_000


def main() -> None:
    """Make the two ledgers, measure them in turn, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES, help="entries of the large ledger")
    parser.add_argument("--turns", type=int, default=12)
    asked = parser.parse_args()
    with server() as found:
        small, _ = seed(found, "scale_small", customers=CUSTOMERS, purchases=PURCHASES)
        open_accounts(small)
        large = found.create("scale_large", copy_of=small)
        begin = time.perf_counter()
        grow(large, asked.entries)
        for url in (small, large):
            settle_down(url)
        print(f"{_entries(small):,} and {_entries(large):,} entries, grown in {time.perf_counter() - begin:.0f} s")
        with ExitStack() as processes:
            figures = _in_turn(*[processes.enter_context(_turns(url)) for url in (small, large)], turns=asked.turns)
    print(
        table(
            [
                Measurement(f"P4 {name}", "µs", figures[turn][1], "small ledger", figures[turn][0], goal, at_most=True)
                for turn, name, goal in (("read", "balance read", 1.1), ("post", "posting, a purchase", 1.25))
            ]
        )
    )


def _entries(url: str) -> int:
    with psycopg.connect(url) as connection:
        (count,) = connection.execute("SELECT count(*) FROM credits_entry").fetchone()
    return int(count)


@contextmanager
def _turns(url: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "tests.bench.turns", str(CUSTOMERS // 3)]
    process = subprocess.Popen(words, env=environment(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("A process did not become ready.")
        yield process
    finally:
        process.kill()
        process.wait()


def _in_turn(
    small: subprocess.Popen[str], large: subprocess.Popen[str], *, turns: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Seconds for one read and for one purchase, in µs; the first turn of each only warms up."""
    figures: dict[str, tuple[list[float], list[float]]] = {"read": ([], []), "post": ([], [])}
    for number in range(turns + 1):
        for turn, count in (("read", READS), ("post", POSTS)):
            for process, taken in zip((small, large), figures[turn], strict=True):
                process.stdin.write(f"{turn} {count}\n")
                process.stdin.flush()
                seconds = float(process.stdout.readline())
                if number:
                    taken.append(seconds * 1_000_000)
    return figures


if __name__ == "__main__":
    main()
