"""Referral codes: one live main code a customer, to be shared as a link, and others under terms."""

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
    said = {"uses": 5, "is_main": False, "merchant": 0, "retired_at": "2026-01-01T00:00:00Z"}
    api.post(CODES, {"customer": "alice", **said})
    code = ReferralCode.objects.get()
    assert (code.uses, code.is_main, code.retired_at) == (0, True, None)


def test_a_chosen_code_is_given_and_its_link_leads_somewhere(api):
    answer = api.post(CODES, {"customer": "alice", "code": "olivia"})
    assert answer.json() == {"code": "OLIVIA", "url": "http://testserver/r/OLIVIA/"}
    assert api.client.get("/r/0l1via/").status_code == 200


@pytest.mark.parametrize("code", ["SUPPORT", "ABC", "ÄPFEL", "ELEVENCHARS", "x" * 33, ""])
def test_a_code_that_nobody_may_choose_is_refused(api, code):
    assert_problem(api.post(CODES, {"customer": "alice", "code": code}), 400)


def test_a_code_that_is_taken_is_refused(api):
    api.post(CUSTOMERS, {"id": "bob"})
    api.post(CODES, {"customer": "bob", "code": "OLIVIA"})
    assert_problem(api.post(CODES, {"customer": "alice", "code": "OLIVIA"}), 409, "code_taken")


def test_a_code_under_terms_is_a_further_one(api):
    api.post(CUSTOMERS, {"id": "bob"})
    main = api.post(CODES, {"customer": "alice"}).json()["code"]
    terms = {
        "starts_at": "2026-06-01T00:00:00Z",
        "ends_at": "2026-09-01T00:00:00+02:00",
        "uses_max": 5,
        "friend": "bob",
    }
    further = api.post(CODES, {"customer": "alice", **terms}).json()["code"]
    kept = ReferralCode.objects.get(code=further)
    assert further != main == api.post(CODES, {"customer": "alice"}).json()["code"]
    assert (kept.uses_max, kept.friend.external_id, kept.ends_at.hour) == (5, "bob", 22)


@pytest.mark.parametrize(
    "terms",
    [
        {"uses_max": 0},
        {"starts_at": "2026-06-01T00:00:00"},
        {"starts_at": "2026-06-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"},
        {"ends_at": "2100-01-01T00:00:00Z"},
        {"friend": "alice"},
        {"friend": "bob", "friend_email": "bob@example.com"},
        {"replace": True, "uses_max": 5},
        {"replace": True, "code": "OLIVIA"},
    ],
)
def test_terms_that_make_no_sense_are_refused(api, terms):
    api.post(CUSTOMERS, {"id": "bob"})
    before = contents()
    assert_problem(api.post(CODES, {"customer": "alice", **terms}), 400)
    assert contents() == before


def test_a_code_is_replaced(api):
    old = api.post(CODES, {"customer": "alice"}).json()["code"]
    new = api.post(CODES, {"customer": "alice", "replace": True}).json()["code"]
    assert new != old
    assert api.client.get(f"/r/{old}/").status_code == 404
