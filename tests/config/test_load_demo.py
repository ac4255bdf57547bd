"""The demo that every `make run` loads."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.management.commands.load_demo import PASSWORD
from fulfillment.models import Slot, Technician
from referrals.models import ApiKey, Customer, Merchant, Purchase, ReferralCode, Scope, User
from referrals.services.api_keys import forget_keys, key_in_force
from rewards.models import RewardOption
from rewards.selectors.eligibility import why_not
from rewards.services.programmes.applying import apply_programme, plan_programme
from rewards.services.programmes.shipped import shipped_programme
from tests.doors.shopify import Sender, order
from tests.factories.referrals import NOON

pytestmark = pytest.mark.django_db
SLUGS = ["acme-shop", "farmacy-food", "rs-systems"]


@pytest.fixture
def load_demo(capsys):
    def load():
        forget_keys()
        call_command("load_demo")
        return capsys.readouterr().out

    return load


def keys(printed):
    return re.findall(r"gv_[0-9a-f]{8}_[0-9a-f]{32}", printed)


def merchant_of(token):
    return key_in_force(token).merchant.slug


def test_the_three_programmes_are_in_force(load_demo):
    load_demo()
    assert [plan_programme(programme=shipped_programme(slug)).changes for slug in SLUGS] == [(), (), ()]


def test_everybody_of_every_merchant_is_printed_with_a_login_that_works(load_demo, client):
    rows = [line.split("  ") for line in load_demo().splitlines()]
    people = [[cell.strip() for cell in row if cell.strip()] for row in rows if any("@" in cell for cell in row)]
    roles = ["customer"] * 3 + ["technician", "support", "programme manager", "fraud analyst", "administrator"]
    assert [(row[0], row[2]) for row in people] == [(slug, role) for slug in SLUGS for role in roles]
    for _, _, _, email, password, *_ in people:
        assert client.login(email=email, password=password)
        assert EmailAddress.objects.get(email=email).verified


def test_customers_have_the_codes_that_are_printed(load_demo):
    printed = load_demo()
    for customer in Customer.objects.select_related("user"):
        code = ReferralCode.objects.get(customer=customer, retired_at=None).code
        assert re.search(rf"{re.escape(customer.user.email)} .* {code}$", printed, re.MULTILINE)
        assert customer.email == customer.user.email
        assert customer.email_verified_at is not None
    assert Customer.objects.count() == 9


def test_technicians_and_staff_work_for_their_merchant_only(load_demo):
    load_demo()
    for merchant in Merchant.objects.all():
        assert Technician.objects.get(merchant=merchant).user.merchants.get() == merchant
        staff = User.objects.filter(is_staff=True, merchants=merchant)
        assert {user.groups.get().name for user in staff} == {
            "support",
            "programme manager",
            "fraud analyst",
            "administrator",
        }
        assert all(user.merchants.count() == 1 for user in staff)


def test_a_second_start_prints_the_same_and_changes_nothing(load_demo):
    first = load_demo()
    counts = [model.objects.count() for model in (Merchant, User, Customer, ReferralCode, ApiKey, Technician)]
    hashes = list(User.objects.order_by("pk").values_list("password", flat=True))
    assert load_demo() == first
    assert [model.objects.count() for model in (Merchant, User, Customer, ReferralCode, ApiKey, Technician)] == counts
    # A new hash would end everybody's session.
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == hashes


def test_the_printed_keys_work_each_for_its_merchant(load_demo):
    tokens = keys(load_demo())
    assert [merchant_of(token) for token in tokens] == SLUGS
    assert all(set(key.scopes) == set(Scope) for key in ApiKey.objects.filter(name="Demo"))


def test_what_people_have_changed_since_stays_as_it_is(load_demo):
    first = load_demo()
    apply_programme(programme={**shipped_programme("acme-shop"), "policies": []}, now=NOON)
    alice = Customer.objects.get(merchant__slug="acme-shop", external_id="alice")
    alice.user.email = alice.email = "alice@elsewhere.example"
    alice.user.save()
    alice.save()
    assert load_demo() == first.replace("alice@acme-shop.example  ", "alice@elsewhere.example  ")
    acme_shop = shipped_programme("acme-shop")
    sections = [change.section for change in plan_programme(programme=acme_shop).changes]
    assert sections == ["policies"] * len(acme_shop["policies"])


def test_a_start_mends_what_somebody_spoiled(load_demo):
    printed = load_demo()
    ApiKey.objects.update(revoked_at="2026-11-20T12:00:00Z")
    alice = User.objects.get(email="alice@acme-shop.example")
    alice.set_password("something-else")
    alice.save()
    assert load_demo() == printed
    assert merchant_of(keys(printed)[0]) == "acme-shop"
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_the_printed_secret_signs_what_the_shop_tells(load_demo):
    (secret,) = re.findall(r"acme-shop\.myshopify\.com +(\S+)", load_demo())
    shop = Sender("acme-shop.myshopify.com", secret)
    assert shop.tell("orders/create", order()) == 200
    assert Purchase.objects.get().merchant.slug == "acme-shop"


def test_every_reward_of_the_demo_can_be_had(load_demo):
    load_demo()
    now = timezone.now()
    for option in RewardOption.objects.filter(points_required__isnull=False).select_related("merchant"):
        alice = Customer.objects.get(merchant=option.merchant, external_id="alice")
        assert why_not(customer=alice, option=option, quantity=1, now=now) == []
    assert Slot.objects.filter(option__code="REWARD-201", starts_at__gt=now).count() >= 10


def test_another_secret_key_makes_other_api_keys(load_demo, settings):
    before = keys(load_demo())
    settings.SECRET_KEY = "another" * 10
    assert not set(before) & set(keys(load_demo()))


def test_the_demo_is_refused_in_production(load_demo, settings):
    settings.IN_PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        load_demo()
    assert not Merchant.objects.exists()
