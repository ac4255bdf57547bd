import os
import stat

import pytest

from config.devstack import folders


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch) -> None:
    """Temporary folders of this test alone, which may be swept at once."""
    monkeypatch.setattr(folders, "SETTLING_SECONDS", -1)
    monkeypatch.setattr(folders, "LONGEST_BASE", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_temporary_folder_is_ours_alone_and_goes_away() -> None:
    with folders.temporary() as folder:
        (folder / "something").touch()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_an_abandoned_folder_is_swept_away_and_one_in_use_is_not() -> None:
    with folders.temporary() as used:
        abandoned = used.with_name(f"{folders.PREFIX}abandoned")
        abandoned.mkdir()
        with folders.temporary() as other:
            assert used.exists()
            assert other.exists()
            assert not abandoned.exists()


def test_a_folder_that_was_just_made_is_not_swept_away(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(folders, "SETTLING_SECONDS", 60)
    fresh = tmp_path / f"{folders.PREFIX}fresh"
    fresh.mkdir()
    with folders.temporary():
        assert fresh.exists()


def test_the_path_of_a_socket_stays_short(monkeypatch) -> None:
    monkeypatch.setattr(folders, "LONGEST_BASE", 60)
    monkeypatch.setattr("tempfile.tempdir", "/" + "x" * 200)
    with folders.temporary() as folder:
        assert len(os.fsencode(folder / "pg" / ".s.PGSQL.5432.lock")) < 104
