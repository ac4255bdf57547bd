import stat

import pytest
from cryptography.fernet import Fernet

from config.devstack import keys
from config.devstack.errors import CannotStart


def test_fresh_keys_are_what_the_settings_ask_for() -> None:
    made = keys.fresh()
    assert len(made.secret_key) >= 50
    assert Fernet(made.field_encryption_keys[0]).decrypt(Fernet(made.field_encryption_keys[0]).encrypt(b"x")) == b"x"
    assert len(bytes.fromhex(made.lookup_hash_key)) == 32
    assert keys.fresh() != made


def test_a_checkout_keeps_its_keys(tmp_path) -> None:
    home = tmp_path / "home"
    assert keys.lasting(home) == keys.lasting(home)
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == ["secrets.json"]


def test_of_two_commands_that_start_together_the_first_one_makes_the_keys(tmp_path) -> None:
    made = keys.lasting(tmp_path)
    keys._create_once(tmp_path / "secrets.json")
    assert keys.lasting(tmp_path) == made


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"secret_key": "x", "field_encryption_keys": "y"}'])
def test_keys_that_cannot_be_read_are_never_replaced(tmp_path, content) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(content)
    with pytest.raises(CannotStart, match="clean-demo"):
        keys.lasting(tmp_path)
    assert file.read_text() == content
