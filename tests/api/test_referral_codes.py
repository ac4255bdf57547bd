"""Referral codes: one live code a customer, to be shared as a link."""

import pytest

from referrals.models import ReferralCode
from tests.api.caller import CODES, CUSTOMERS, assert_problem, contents

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alice(api):
    return api.post(CUSTOMERS, {"id": "alice", "email": "alice@example.com"}).json()


def test_a_customer_gets_a_code_and_a_link(api):
    answer = api.post(CODES, {"customer": "alice"})
    code = ReferralCode.objects.get().code
    assert answer.status_code == 201
    assert answer.json() == {"code": code, "url": f"http://testserver/r/{code}/"}
    assert "alice" not in answer.text


def test_the_link_leads_somewhere(api):
    url = api.post(CODES, {"customer": "alice"}).json()["url"]
    assert api.client.get(url, follow=True).status_code == 200


def test_the_same_customer_gets_the_same_code(api, alice):
    first = api.post(CODES, {"customer": "alice"})
    before = contents()
    assert api.post(CODES, {"customer": "alice"}).json() == first.json()
    assert api.post(CODES, {"customer": alice["uuid"]}).json() == first.json()
    assert contents() == before


def test_a_customer_who_is_not_known_has_none(api):
    before = contents()
    for reference in ("nobody", "01990000-0000-7000-8000-000000000000", "٣" * 32, "alice "[:5] + "x"):
        assert_problem(api.post(CODES, {"customer": reference}), 404, "not_found")
    assert contents() == before


def test_names_of_our_own_fields_have_no_effect(api):
    answer = api.post(CODES, {"customer": "alice", "code": "MINE", "merchant": 0, "retired_at": "2026-01-01T00:00:00Z"})
    assert answer.json()["code"] != "MINE"
    assert ReferralCode.objects.get().retired_at is None
