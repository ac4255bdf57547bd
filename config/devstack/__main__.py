"""The launcher's commands; `make help` says which command of the Makefile is which."""

import argparse
import os
import shutil
import signal
import sys

from config.devstack import child, interrupts, placement, processes, run, state, throwaway
from config.devstack.console import say
from config.devstack.errors import CannotStart, Stopped
from config.devstack.folders import HOME, ROOT


def main(arguments: list[str]) -> int:
    """Do what the arguments say, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        _prepare()
        return _do(options)
    except CannotStart as reason:
        print(f"{reason}", file=sys.stderr)
        return 1
    except Stopped as stop:
        # Being stopped is how the demo is meant to end.
        return 0 if options.command == "run" else 128 + stop.number
    except BrokenPipeError:
        return 1
    finally:
        interrupts.ignore()
        processes.end_strays()


def _prepare() -> None:
    os.chdir(ROOT)
    interrupts.raise_stopped()
    child.adopt_orphans()
    if "MAKELEVEL" in os.environ:
        child.die_with(os.getppid(), signal.SIGTERM)
        interrupts.heed_make()


def _do(options: argparse.Namespace) -> int:
    if options.command == "run":
        return run.run(options.port)
    if options.command == "test":
        return throwaway.test(options.arguments)
    if options.command == "exec":
        return throwaway.execute(options.arguments, durable=options.durable)
    return _clean()


def _clean() -> int:
    with state.only_one(HOME):
        for folder in (HOME, placement.public_ground(HOME)):
            shutil.rmtree(folder, ignore_errors=True)
    say(f"removed {HOME.name}: the next `make run` starts with a new demo")
    return 0


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.devstack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="run the demo until Ctrl-C")
    runs.add_argument("--port", type=_port, default=8000, help="port of the pages (default 8000)")
    tests = commands.add_parser("test", help="run pytest with throw-away servers")
    tests.add_argument("arguments", nargs="*", help="of pytest, after --")
    executes = commands.add_parser("exec", help="run a command with throw-away servers")
    executes.add_argument("--durable", action="store_true", help="servers that wait for the disk")
    executes.add_argument("arguments", nargs="+", help="the command, after --")
    commands.add_parser("clean", help="remove the demo's data")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
