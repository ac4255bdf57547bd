import hashlib
from pathlib import Path

from config.devstack import programs, wheels


def install(folder: Path, version: str) -> str:
    """Put a PostgreSQL into a folder that can tell its version, and return the folder for PATH."""
    folder.mkdir()
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_the_newest_postgresql_begins_a_demo_and_the_data_decides_which_one_continues_it(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("DEVSTACK_PREFER", raising=False)
    monkeypatch.setenv("PATH", install(tmp_path / "new", "99.1"), prepend=":")
    monkeypatch.setenv("PATH", install(tmp_path / "old", "98.2"), prepend=":")
    assert programs.postgres().label == "postgres-99"
    assert programs.postgres({"postgres-98"}).label == "postgres-98"


def test_one_that_is_too_old_is_not_offered(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", install(tmp_path / "old", "14.9"), prepend=":")
    assert "postgres-14" not in [program.label for program in programs.local_postgres()]


def test_what_does_not_run_is_not_offered(tmp_path, monkeypatch) -> None:
    for name in ("postgres", "initdb", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert tmp_path not in [program.path.parent for program in [*programs.local_postgres(), *programs.local_redis()]]


def test_every_carrier_is_pinned_by_hashes() -> None:
    for carrier in (wheels.POSTGRES, wheels.VALKEY):
        pinned = wheels.requirement(carrier).split()
        hashes = [word.removeprefix("--hash=sha256:") for word in pinned[1:]]
        assert hashes
        assert all(len(each) == hashlib.sha256().digest_size * 2 for each in hashes)
