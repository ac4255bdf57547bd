"""`make run`: the whole product, from nothing to three demo programmes, until Ctrl-C."""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import NoReturn

from config.devstack import interrupts, keys, ports, processes, servers, state
from config.devstack.console import say, show
from config.devstack.environment import inherited, preferring, variables
from config.devstack.errors import CannotStart
from config.devstack.folders import HOME, ROOT
from config.devstack.readiness import Readiness
from config.devstack.supervisor import Program, Supervisor

TICK_SECONDS = 0.25
LINE = "─" * 78
GRPC_PORT = 50051


def run(port: int) -> NoReturn:
    """Run the demo in the foreground until a stop signal.

    Args:
        port: of the pages; another one is taken when it is not free.

    Raises:
        CannotStart: when something is missing, or does not start.
        Stopped: by a stop signal, after everything has been stopped.
    """
    if os.environ.get("GRAPEVINE_MODE", "development") != "development":
        raise CannotStart("`make run` is the demo, in development mode. Unset GRAPEVINE_MODE to start it.")
    with ExitStack() as stack:
        stack.enter_context(state.only_one(HOME))
        listener = stack.enter_context(ports.listen(port))
        chosen: int = listener.getsockname()[1]
        if chosen != port:
            say(f"port {port} is taken: using {chosen} instead")
        found = stack.enter_context(servers.lasting(HOME, os.environ))
        web_url = f"http://{ports.LOOPBACK}:{chosen}"
        _tell(found, web_url, {})
        env = _environment(found, os.environ)
        _manage(env, "migrate", "--no-input")
        people = _manage(env, "load_demo", "--port", str(chosen))
        grpc_address = env.setdefault("GRPC_ADDRESS", f"{ports.LOOPBACK}:{ports.unused(GRPC_PORT)}")
        env.setdefault("PUBLIC_URL", f"http://localhost:{chosen}")
        supervisor = Supervisor(_programs(listener.fileno()), env)
        stack.callback(supervisor.stop)
        stack.callback(say, "stopping")
        stack.callback(interrupts.ignore)
        _look_after(supervisor, found, web_url, f"{people.strip()}\n\ngRPC answers at {grpc_address}")


def _environment(found: servers.Servers, given: Mapping[str, str]) -> dict[str, str]:
    base = given if given.get("DATABASE_URL") else inherited()
    ours = variables(mode="development", addresses=found.addresses, keys=keys.lasting(HOME))
    return {**base, **preferring(given, ours), "PYTHONUNBUFFERED": "1"}


def _manage(env: Mapping[str, str], *command: str) -> str:
    """Run a command of manage.py and return what it printed."""
    say(f"manage.py {' '.join(command)}")
    words: processes.Words = [sys.executable, ROOT / "manage.py", *command]
    code, output = processes.finish(processes.Command(words, env, cwd=ROOT))
    if code != 0:
        raise CannotStart(f"manage.py {command[0]} failed:\n{output}")
    return output


def _programs(listener: int) -> list[Program]:
    web = f"gunicorn config.wsgi:application --bind fd://{listener} --workers 2 --threads 8"
    celery = "celery --quiet -A config"
    return [
        Program(
            "web",
            _module(f"{web} --worker-class gthread --graceful-timeout 4 --no-control-socket"),
            pass_fds=[listener],
        ),
        Program("worker", _module(f"{celery} worker --loglevel INFO --concurrency 2"), sign=" ready."),
        Program("outbound", _module(f"{celery} worker -Q outbound --pool threads --concurrency 8"), sign=" ready."),
        Program("bus", [sys.executable, str(ROOT / "manage.py"), "consume_purchases"], sign=" ready."),
        Program("grpc", _module("config.grpc"), sign=" ready "),
        Program("beat", _module(f"{celery} beat --loglevel WARNING --schedule {HOME.name}/celerybeat-schedule")),
    ]


def _module(words: str) -> list[str]:
    return [sys.executable, "-m", *words.split()]


def _look_after(supervisor: Supervisor, found: servers.Servers, web_url: str, people: str) -> NoReturn:
    """Keep everything running, and say when it is ready; ends only by an exception."""
    readiness = Readiness(supervisor, web_url)
    announced = False
    while True:
        started = supervisor.tick(TICK_SECONDS, patient=announced)
        if found.revive() or started:
            _tell(found, web_url, supervisor.pids())
        if not announced and readiness.is_reached():
            _announce(web_url, people)
            announced = True


def _tell(found: servers.Servers, web_url: str, programs: Mapping[str, int]) -> None:
    pids = {"launcher": os.getpid(), **found.pids(), **programs}
    at = found.addresses
    state.write(HOME, state.State(at.database, at.redis, at.broker, web_url, pids))


def _announce(web_url: str, people: str) -> None:
    address = web_url.replace(ports.LOOPBACK, "localhost")
    show(f"\n{LINE}\n{people}\nGrapevine is ready at {address}/\nCtrl-C stops it.\n{LINE}\n")
