import stat
import subprocess
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.devstack import postgres, servers
from config.devstack.errors import CannotStart
from config.devstack.servers import Servers

from .helpers import none_lives


def connect(found: Servers) -> psycopg.Connection:
    user_and_rest = found.addresses.database.removeprefix("postgres://").replace("@/", "@localhost/")
    return psycopg.connect(f"postgres://{user_and_rest}", autocommit=True)


def family(found: Servers) -> list[psutil.Process]:
    parents = [psutil.Process(pid) for pid in found.pids().values()]
    return [*parents, *(child for parent in parents for child in parent.children(recursive=True))]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    return folder


def test_throw_away_servers_answer_only_to_us_and_leave_nothing() -> None:
    with servers.throwaway() as found:
        folder = Path(found.addresses.database.partition("host=")[2].partition("/pg")[0])
        processes = family(found)
        with connect(found) as connection:
            letter, fsync = connection.execute("select lower('É'), current_setting('fsync')").fetchone()
        assert (letter, fsync) == ("é", "off")
        with redis.Redis.from_url(found.addresses.broker) as client:
            assert client.ping()
            port = client.get_connection_kwargs()["port"]
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert stat.S_IMODE((folder / "pg").stat().st_mode) == 0o700
    assert none_lives(processes)
    assert not folder.exists()


def test_the_demo_survives_a_stop_and_the_murder_of_its_servers(home) -> None:
    with servers.lasting(home, {}) as found, connect(found) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (1)")
        assert connection.execute("show fsync").fetchone() == ("on",)
    with servers.lasting(home, {}) as found:
        for server in found.started:
            server.process.kill()
            server.process.wait()
        assert found.revive()
        with connect(found) as connection:
            assert connection.execute("select n from kept").fetchone() == (1,)


def test_a_process_id_that_now_belongs_to_somebody_else_does_not_lock_the_data(home) -> None:
    with servers.lasting(home, {}):
        pass
    lock = next(home.glob("postgres-*[0-9]")) / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as somebody:
        lock.write_text(f"{somebody.pid}\n/elsewhere\n0\n5432\n/tmp\n\n0\nready\n")
        with servers.lasting(home, {}) as found, connect(found) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert somebody.poll() is None
        somebody.kill()


def test_a_server_is_not_started_on_data_that_another_one_uses(home, monkeypatch) -> None:
    monkeypatch.setattr(postgres, "STOP_SECONDS", 0.2)
    with servers.lasting(home, {}), pytest.raises(CannotStart, match="still uses"), servers.lasting(home, {}):
        pytest.fail("two servers on one folder")


def test_servers_that_are_given_are_used_and_none_is_started(home) -> None:
    given = {"DATABASE_URL": "postgres://theirs", "REDIS_URL": "redis://theirs"}
    with servers.lasting(home, given) as found:
        assert found.pids() == {}
        assert found.addresses.variables() == given
