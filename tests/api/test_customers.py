"""Registration: a customer becomes known, with or without the code of a friend."""

import pytest

from referrals.models import Customer, Referral
from tests.api.caller import CUSTOMERS, assert_problem, contents

pytestmark = pytest.mark.django_db


def test_a_customer_is_registered(api, shop):
    answer = api.post(CUSTOMERS, {"id": "bob", "email": "bob@example.com", "name": "Bob"})
    bob = Customer.objects.get(merchant=shop)
    assert answer.status_code == 201
    assert answer.json() == {"id": "bob", "uuid": str(bob.uuid), "name": "Bob", "referral": None}
    assert bob.email == "bob@example.com"


def test_an_id_is_enough(api):
    assert api.post(CUSTOMERS, {"id": "bob"}).status_code == 201
    assert api.post(CUSTOMERS, {"id": "eve", "email": None, "name": None, "referral_code": None}).status_code == 201


def test_the_same_again_changes_nothing(api):
    body = {"id": "bob", "email": "bob@example.com", "name": "Bob"}
    first = api.post(CUSTOMERS, body)
    before = Customer.objects.values().get()
    again = api.post(CUSTOMERS, body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Customer.objects.values().get() == before


def test_what_was_not_known_is_completed(api):
    api.post(CUSTOMERS, {"id": "bob"})
    answer = api.post(CUSTOMERS, {"id": "bob", "email": "bob@example.com", "name": "Bob"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Bob")
    assert Customer.objects.get().email == "bob@example.com"


def test_another_email_is_a_conflict_and_changes_nothing(api):
    api.post(CUSTOMERS, {"id": "bob", "email": "bob@example.com"})
    before = contents()
    answer = api.post(CUSTOMERS, {"id": "bob", "email": "else@example.com", "name": "New"})
    assert_problem(answer, 409, "customer_conflict")
    assert contents() == before


def test_a_friend_is_joined_to_whoever_brought_them(api, code_of):
    code = code_of("alice")
    answer = api.post(CUSTOMERS, {"id": "bob", "referral_code": f" {code[:4]}-{code[4:].lower()} "})
    assert answer.json()["referral"] == {"accepted": True}
    referral = Referral.objects.get()
    assert (referral.referrer.external_id, referral.referee.external_id) == ("alice", "bob")


def test_the_same_registration_with_a_code_changes_nothing(api, code_of):
    body = {"id": "bob", "referral_code": code_of("alice")}
    first = api.post(CUSTOMERS, body)
    before = contents()
    again = api.post(CUSTOMERS, body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert contents() == before


@pytest.mark.parametrize("code", ["NOBODYS", "", "--- -", "👩‍👩‍👧", "ß" * 64, "İı", "null"])
def test_a_code_that_is_not_known_does_not_stop_the_registration(api, code):
    answer = api.post(CUSTOMERS, {"id": "bob", "referral_code": code})
    assert answer.status_code == 201
    if code:
        assert answer.json()["referral"] == {
            "accepted": False,
            "code": "unknown_code",
            "sentence": "This referral code is not known.",
        }
    assert not Referral.objects.exists()


def test_nobody_refers_themselves(api, code_of):
    answer = api.post(CUSTOMERS, {"id": "alice", "referral_code": code_of("alice")})
    assert answer.json()["referral"]["code"] == "own_code"


def test_whoever_has_bought_something_is_no_new_customer(api, code_of):
    code = code_of("alice")
    api.buy()
    assert api.post(CUSTOMERS, {"id": "bob", "referral_code": code}).json()["referral"]["code"] == "existing_customer"


def test_a_friend_has_one_referrer_for_life(api, code_of):
    api.post(CUSTOMERS, {"id": "bob", "referral_code": code_of("alice")})
    answer = api.post(CUSTOMERS, {"id": "bob", "referral_code": code_of("carol")})
    assert answer.json()["referral"]["code"] == "already_referred"
    assert Referral.objects.get().referrer.external_id == "alice"


def test_24_names_of_our_own_fields_have_no_effect(api, shop, new_merchant):
    other = new_merchant("elsewhere")
    names = ["merchant", "merchant_id", "uuid", "pk", "user", "email_verified_at", "root_id", "created_at", "__proto__"]
    assert api.post(CUSTOMERS, {**dict.fromkeys(names, other.pk), "id": "bob"}).status_code == 201
    bob = Customer.objects.get()
    assert (bob.merchant, bob.email_verified_at, bob.user, bob.root_id) == (shop, None, None, None)


def test_the_same_id_at_two_merchants_is_two_customers(api, new_merchant, new_caller):
    elsewhere = new_caller(new_merchant("elsewhere"))
    assert api.post(CUSTOMERS, {"id": "bob"}).status_code == 201
    assert elsewhere.post(CUSTOMERS, {"id": "bob"}).status_code == 201
    assert Customer.objects.count() == 2
