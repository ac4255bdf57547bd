"""What customers read of their points on the pages, after real purchases."""

import pytest
from django.test import Client

from tests.factories.referrals import UserFactory
from tests.rewards.shop import Shop, policy

pytestmark = pytest.mark.django_db

HOME_QUERIES_MAX = 12
PER_MEAL = {"points": {"per_unit": 10, "category": "meals"}}
MILESTONE = {"scope": "per_friend", "measure": "purchases", "at": [1, 100]}


@pytest.fixture
def shop():
    return Shop(
        policy(points=1250),
        policy("referrer", give=PER_MEAL),
        policy("referrer", give={"grant": {"option": "free-meal"}}, milestones=MILESTONE),
        domain="orchard.localhost",
    )


@pytest.fixture
def browser_of(shop):
    """The browser of a customer who has signed in."""

    def signed_in(customer):
        person = shop.customer(customer)
        if person.user is None:
            person.user = UserFactory()
            person.save()
        client = Client(headers={"Host": "orchard.localhost"})
        client.force_login(person.user)
        return client

    return signed_in


@pytest.fixture
def open_page(browser_of):
    """A customer's page, in words."""

    def read(customer, path, status=200):
        response = browser_of(customer).get(path)
        assert response.status_code == status
        body = b"".join(response.streaming_content).decode() if response.streaming else response.text
        return " ".join(body.split())

    return read


def test_home_tells_what_one_has_and_what_is_missing(shop, open_page):
    shop.bought("ada", dollars=40)

    page = open_page("ada", "/")

    assert '<p class="hero">1,250</p>' in page
    assert "spend $60.00 more" in page
    assert "You received 1,250 points" in page


def test_home_shows_how_far_friends_have_come(shop, open_page):
    shop.bought("ada")
    shop.bought("ben", referral_code=shop.code("ada"))

    assert "The friend who is nearest: 1 of 100" in open_page("ada", "/")


def test_home_asks_little_of_the_database_however_much_happened(shop, browser_of, django_assert_max_num_queries):
    for _ in range(3):
        shop.bought("ada")
        shop.bought("ben", referral_code=shop.code("ada"))
    ada = browser_of("ada")
    ada.get("/")

    with django_assert_max_num_queries(HOME_QUERIES_MAX):
        ada.get("/")


def test_the_statement_leads_from_page_to_page_and_into_nobody_elses(shop, open_page):
    for _ in range(26):
        shop.bought("ada")
    shop.bought("ben")

    first = open_page("ada", "/statement/")
    cursor = first.split("?cursor=")[1].split('"')[0]

    assert first.count("You received 1,250 points") == 25
    assert open_page("ada", f"/statement/?cursor={cursor}").count("You received 1,250 points") == 1
    open_page("ben", f"/statement/?cursor={cursor}", status=404)


def test_the_statement_can_be_taken_into_a_spreadsheet(shop, open_page):
    shop.bought("ada")

    assert "2026-" in open_page("ada", "/statement/statement.csv")


def test_a_customer_who_has_nothing_yet_is_told_how_to_begin(shop, open_page):
    shop.customer("ada")

    assert "With your first purchase" in open_page("ada", "/")
    assert "With your first purchase" in open_page("ada", "/statement/")


@pytest.mark.parametrize("path", ["/statement/", "/statement/statement.csv"])
def test_strangers_sign_in_first(shop, client, path):
    response = client.get(path, headers={"Host": "orchard.localhost"})

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")
