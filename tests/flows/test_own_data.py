"""Customers take their data along, or have it forgotten, by themselves."""

import pytest
from django.test import Client

from referrals.models import AuditRecord, Customer, User
from tests.factories.referrals import UserFactory
from tests.rewards.shop import Shop, policy

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"


@pytest.fixture
def shop():
    return Shop(policy(points=1250), domain="orchard.localhost")


@pytest.fixture
def signed_in(shop):
    """Ada's browser, in which she has signed in."""
    shop.bought("ada")
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    Customer.objects.filter(pk=shop.customer("ada").pk).update(user=user, name="Ada Plum")
    client = Client(headers={"Host": "orchard.localhost"})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def ada(signed_in):
    """Ada's browser, in which she has just proved again who she is."""
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return signed_in


def test_everything_known_is_told_in_a_file_and_that_is_written_down(ada):
    response = ada.post("/settings/data/export/")

    assert response.json()["profile"]["name"] == "Ada Plum"
    assert "attachment" in response["Content-Disposition"]
    assert AuditRecord.objects.get(action="exported").actor == f"user:{User.objects.get().pk}"


def test_nobody_is_forgotten_who_has_not_said_that_they_understand(ada, shop):
    assert "You lose 1,250 points" in ada.get("/settings/data/erase/").text
    ada.post("/settings/data/erase/", {})
    assert shop.customer("ada").name == "Ada Plum"


def test_whoever_has_themselves_forgotten_is_signed_out_and_unknown(ada):
    response = ada.post("/settings/data/erase/", {"understood": "yes"}, follow=True)

    assert "You are forgotten" in response.text
    assert "Sign in" in response.text
    assert not User.objects.exists()
    assert Customer.objects.get().name == ""


def test_somebody_whose_browser_is_merely_open_proves_first_who_they_are(signed_in):
    response = signed_in.post("/settings/data/erase/", {"understood": "yes"})

    assert response.status_code == 302
    assert "reauthenticate" in response.url
    assert Customer.objects.get().name == "Ada Plum"


def test_customers_say_themselves_who_they_are(ada, shop):
    ada.post("/settings/", {"name": "Ada Pear", "shows_first_name": "on", "birthday": "1990-05-06"})

    told = shop.customer("ada")
    assert (told.name, told.shows_first_name, str(told.birthday)) == ("Ada Pear", True, "1990-05-06")


def test_a_birthday_is_put_right_once_a_year_and_the_form_says_so(ada, shop):
    for day in ("1990-05-06", "1990-05-07"):
        ada.post("/settings/", {"name": "Ada", "birthday": day})

    assert "less than a year ago" in ada.post("/settings/", {"name": "Ada", "birthday": "1990-05-08"}).text
    assert "Enter a valid date" in ada.post("/settings/", {"name": "Ada", "birthday": "soon"}).text
    assert "not possible" in ada.post("/settings/", {"name": "Ada", "birthday": "0001-01-01"}).text
