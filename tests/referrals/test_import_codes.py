"""Codes from a file."""

import io

import pytest

from config.lib.errors import Invalid
from referrals.models import ReferralCode
from referrals.services.code_requests import import_codes
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory

pytestmark = pytest.mark.django_db
FILE = """\
customer,code,starts_at,ends_at,uses_max,friend_email
alice,OLIVIA,,,,
bob,,,,,
bob,BOBSUMMER,2026-06-01T00:00:00Z,2026-09-01T00:00:00Z,50,
bob,FORCAROL,,,1,carol@example.com
"""


@pytest.fixture
def shop():
    shop = MerchantFactory()
    for name in ("alice", "bob"):
        CustomerFactory(merchant=shop, external_id=name)
    return shop


def run(shop, text):
    told = []
    tally = import_codes(merchant=shop, text=io.StringIO(text), report=lambda *said: told.append(said), now=NOON)
    return tally, told


def test_each_row_gives_its_code_and_the_same_file_again_changes_nothing(shop):
    for _ in range(2):
        tally, told = run(shop, FILE)
        assert (tally.issued, tally.refused, told) == (4, 0, [])
    assert ReferralCode.objects.count() == 4
    summer = ReferralCode.objects.get(shown_as="BOBSUMMER")
    assert (summer.uses_max, summer.starts_at.month, summer.ends_at.month) == (50, 6, 9)
    assert ReferralCode.objects.get(shown_as="OLIVIA").is_main


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("nobody,OTHER,,,,", "no such customer"),
        ("bob,OLIVIA,,,,", "not free"),
        ("bob,OTHER,2026-06-01,,,", "body has a mistake"),
        ("bob,OTHER,,,0,", "body has a mistake"),
        ("bob,OTHER,2026-09-01T00:00:00Z,2026-06-01T00:00:00Z,,", "window is empty"),
        ("bob,,,,5,", "must be named"),
        ("bob,OTHER,,,,,,", "more cells"),
        ("bob,F U C K,,,,", "offends"),
    ],
)
def test_a_row_that_is_refused_is_told_and_the_next_one_is_taken(shop, row, sentence):
    tally, ((line, told),) = run(shop, f"{FILE.splitlines()[0]}\nalice,OLIVIA,,,,\n{row}\nalice,,,,,\n")
    assert (tally.issued, tally.refused, line) == (2, 1, 3)
    assert sentence in told


@pytest.mark.parametrize("header", ["", "code", "customer,colour", "customer,code,code"])
def test_a_header_that_names_other_columns_is_refused(shop, header):
    with pytest.raises(Invalid):
        run(shop, f"{header}\nalice,OLIVIA\n")
