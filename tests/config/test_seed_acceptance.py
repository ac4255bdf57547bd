"""What a trial from outside is given to start with."""

import json

import pytest
from django.core.management import call_command

from fulfillment.models import Technician
from referrals.models import Customer, Merchant, ReferralCode, Scope, User
from referrals.services.api_keys import key_in_force
from rewards.models import PolicyVersion
from rewards.services.programmes.export import export_programme

pytestmark = pytest.mark.django_db
ROLES = ["support", "programme manager", "fraud analyst", "administrator"]


@pytest.fixture
def seed(capsys):
    def run():
        call_command("seed_acceptance")
        return json.loads(capsys.readouterr().out)

    return run


def test_it_prints_one_object_with_two_merchants(seed):
    printed = seed()
    assert printed.keys() == {"merchants"}
    assert len({merchant["slug"] for merchant in printed["merchants"]}) == 2
    for merchant in printed["merchants"]:
        assert merchant.keys() == {"slug", "api_key", "customers", "technicians", "staff"}
        assert len({customer["id"] for customer in merchant["customers"]}) == 3
        assert len({technician["email"] for technician in merchant["technicians"]}) == 2
        assert [member["role"] for member in merchant["staff"]] == ROLES


def test_every_key_is_of_its_merchant_and_has_all_scopes(seed):
    for merchant in seed()["merchants"]:
        key = key_in_force(merchant["api_key"])
        assert (key.merchant.slug, set(key.scopes)) == (merchant["slug"], set(Scope))


def test_everybody_can_sign_in_and_is_who_they_should_be(seed, client):
    for printed in seed()["merchants"]:
        merchant = Merchant.objects.get(slug=printed["slug"])
        for person in printed["customers"] + printed["technicians"] + printed["staff"]:
            assert client.login(email=person["email"], password=person["password"])
        for person in printed["customers"]:
            customer = Customer.objects.get(merchant=merchant, external_id=person["id"])
            assert customer.user.email == person["email"]
            assert ReferralCode.objects.get(customer=customer).code == person["referral_code"]
        for person in printed["technicians"]:
            assert Technician.objects.get(merchant=merchant, user__email=person["email"]).is_active
        for person in printed["staff"]:
            assert User.objects.get(email=person["email"], merchants=merchant).groups.get().name == person["role"]


def test_no_two_secrets_are_the_same(seed):
    merchants = seed()["merchants"]
    people = [person for each in merchants for part in ("customers", "technicians", "staff") for person in each[part]]
    secrets = [person["password"] for person in people] + [merchant["api_key"] for merchant in merchants]
    assert len(set(secrets)) == len(secrets) == 20


def test_both_merchants_run_the_programme_of_farmacy_food(seed):
    for merchant in seed()["merchants"]:
        versions = PolicyVersion.objects.filter(merchant__slug=merchant["slug"], status="published")
        assert set(versions.values_list("policy__code", flat=True)) > {
            "credits-for-each-referred-meal",
            "free-meal-for-referred-meals",
        }
        assert "option: free-meal" in export_programme(slug=merchant["slug"])


def test_another_run_makes_other_merchants_and_leaves_the_first_alone(seed):
    first, second = seed(), seed()
    assert not {each["slug"] for each in first["merchants"]} & {each["slug"] for each in second["merchants"]}
    person = first["merchants"][0]["customers"][0]
    assert User.objects.get(email=person["email"]).check_password(person["password"])
