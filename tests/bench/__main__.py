"""Run the measurements, print the table, and write the figures beside it as JSON."""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.answering import answering
from tests.bench.calling import calling
from tests.bench.databases import Server, server
from tests.bench.evaluating import evaluation
from tests.bench.measuring import Measurement, table
from tests.bench.yardstick import find_yardstick

PARTS = ("evaluation", "web", "grpc")


def main() -> None:
    """Measure what was asked for."""
    asked = _arguments()
    with server() as found:
        yardstick = find_yardstick(found, seconds=asked.seconds)
        if yardstick is None:
            print("pgbench is not installed: there are no ratios to TPC-B.", file=sys.stderr)
        measurements: list[Measurement] = []
        if "evaluation" in asked.only and yardstick is not None:
            measurements += evaluation(found, yardstick, asked.rounds)
        if "web" in asked.only:
            measurements += answering(found, yardstick, asked.rounds)
        if "grpc" in asked.only:
            measurements += calling(found, asked.rounds, asked.grpc_seconds)
        machine = _machine(found)
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print(table(measurements))
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine, "rounds": asked.rounds, "measurements": [each.as_json() for each in measurements]}
    asked.json.write_text(json.dumps(report, indent=2, ensure_ascii=False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is taken, in turn")
    parser.add_argument("--seconds", type=int, default=5, help="how long one run of the yardstick takes")
    parser.add_argument("--grpc-seconds", type=float, default=10, help="how long one round of gRPC calls takes")
    parser.add_argument("--json", type=Path, default=Path(".bench/latest.json"), help="where the figures go")
    return parser.parse_args()


def _machine(found: Server) -> dict[str, str]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": str(os.cpu_count()),
        "Python": platform.python_version(),
        "PostgreSQL": found.fact("SHOW server_version"),
        "fsync": found.fact("SHOW fsync"),
    }


if __name__ == "__main__":
    main()
