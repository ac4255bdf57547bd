"""Codes come in from a file, and are encrypted anew when the keys change."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from rewards.models import Coupon, CouponPool
from tests.factories.rewards import RewardOptionFactory


@pytest.fixture
def cards(db):
    return RewardOptionFactory(code="card", needs_coupon=True)


def run(name, *arguments, **options):
    output = StringIO()
    call_command(name, *arguments, stdout=output, **options)
    return json.loads(output.getvalue())


def test_the_same_file_again_changes_nothing(cards, tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text("AAA,first\n BBB \n\nAAA\n", encoding="utf-8")
    asked = {"merchant": cards.merchant.slug, "option": "card"}

    assert run("import_coupons", str(file), **asked) == {"new": 2, "known": 0}
    assert run("import_coupons", str(file), **asked) == {"new": 0, "known": 2}
    assert CouponPool.objects.get().free == 2
    with pytest.raises(CommandError, match="no reward option moon"):
        run("import_coupons", str(file), **asked | {"option": "moon"})
    file.write_text("x" * 201, encoding="utf-8")
    with pytest.raises(CommandError, match="at most 200"):
        run("import_coupons", str(file), **asked)


def test_codes_are_read_with_the_new_key_alone_after_a_rotation(cards, tmp_path, settings):
    file = tmp_path / "codes.csv"
    file.write_text("AAA\n", encoding="utf-8")
    run("import_coupons", str(file), merchant=cards.merchant.slug, option="card")
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]

    assert run("rotate_keys")["rewritten"] >= 1
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert Coupon.objects.get().code == "AAA"
    assert run("rotate_keys") == {"rewritten": 0, "unreadable": 0}
