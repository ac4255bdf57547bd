"""Which merchant and which customer a page is about, and who may open it."""

import pytest
from django.http import HttpResponse
from django.urls import path

from config import urls
from config.lib.pages import customer_required, merchant_required
from referrals.services.codes import issue_code
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ORCHARD, VINEYARD, NOBODYS = "orchard.localhost", "vineyard.localhost", "localhost"


def whose(request):
    return HttpResponse(f"{request.merchant or 'nobody'}: {request.customer or 'nobody'}")


def indifferent(request):
    return HttpResponse("ok")


urlpatterns = [
    *urls.urlpatterns,
    path("whose/", whose),
    path("indifferent/", indifferent),
    path("of-a-merchant/", merchant_required(whose)),
    path("of-a-customer/", customer_required(whose)),
]


@pytest.fixture
def orchard():
    return MerchantFactory(slug="orchard", name="Orchard", domain=ORCHARD)


@pytest.fixture
def vineyard():
    return MerchantFactory(slug="vineyard", name="Vineyard", domain=VINEYARD)


@pytest.fixture
def ask(client, orchard, vineyard):
    """Whose the page is, at this host."""

    def ask(host, at="/whose/"):
        return client.get(at, headers={"Host": f"{host}:8000"}).text

    return ask


def follow(client, merchant, host=NOBODYS):
    code = issue_code(customer=CustomerFactory(merchant=merchant), now=NOON)
    return client.get(f"/r/{code}/", headers={"Host": host, "User-Agent": PERSON})


def choose(client, merchant, **form):
    return client.post("/merchants/", {"merchant": merchant.slug, **form}, headers={"Host": NOBODYS})


def test_a_host_names_its_merchant_whatever_else_is_remembered(client, ask, vineyard):
    choose(client, vineyard)
    follow(client, vineyard)

    assert ask(ORCHARD) == ask(ORCHARD.upper()) == "Orchard: nobody"
    assert ask(VINEYARD) == "Vineyard: nobody"


def test_elsewhere_it_is_whom_the_code_invites_to_that_was_followed_last(client, ask, orchard, vineyard):
    assert ask(NOBODYS) == "nobody: nobody"
    follow(client, orchard)
    assert ask(NOBODYS) == "Orchard: nobody"
    choose(client, orchard)
    follow(client, vineyard)
    assert ask(NOBODYS) == "Vineyard: nobody"


def test_elsewhere_a_choice_is_kept_and_leads_on(client, ask, orchard, vineyard):
    follow(client, orchard)

    assert choose(client, vineyard, next="/whose/").url == "/whose/"
    assert choose(client, vineyard, next="https://evil.example/").url == "/"
    assert ask(NOBODYS) == "Vineyard: nobody"


def test_elsewhere_whoever_is_customer_of_one_merchant_needs_no_choice(client, ask, orchard, vineyard):
    customer = CustomerFactory(merchant=orchard, user=UserFactory())
    client.force_login(customer.user)
    assert ask(NOBODYS) == f"Orchard: {customer}"

    other = CustomerFactory(merchant=vineyard, user=customer.user)
    assert ask(NOBODYS) == "nobody: nobody"
    assert [ask(ORCHARD), ask(VINEYARD)] == [f"Orchard: {customer}", f"Vineyard: {other}"]


@pytest.mark.parametrize("cookie", ["", "x", "OLIVIA.00000000-0000-0000-0000-00000000000-.1", "../../.a.b", "A" * 9000])
def test_a_cookie_that_somebody_else_wrote_is_nobodys(client, ask, cookie):
    client.cookies["grapevine_referral"] = cookie
    assert ask(NOBODYS) == "nobody: nobody"


def test_a_code_of_another_merchant_is_not_found_at_this_ones_host(client, orchard, vineyard):
    assert follow(client, vineyard, host=ORCHARD).status_code == 404
    assert follow(client, vineyard, host=VINEYARD).status_code == 200


def test_a_page_of_a_merchant_asks_which_one_if_that_is_not_clear(client, ask, orchard):
    assert client.get("/of-a-merchant/?a=b").url == "/merchants/?next=%2Fof-a-merchant%2F%3Fa%3Db"
    assert client.get("/of-a-customer/").url == "/merchants/?next=%2Fof-a-customer%2F"
    assert ask(ORCHARD, "/of-a-merchant/") == "Orchard: nobody"


def test_a_page_of_a_customer_is_for_customers_of_this_merchant(client, ask, orchard, vineyard):
    def open_page():
        return client.get("/of-a-customer/", headers={"Host": ORCHARD})

    assert open_page().url == "/accounts/login/?next=/of-a-customer/"
    client.force_login(CustomerFactory(merchant=vineyard, user=UserFactory()).user)
    assert open_page().url == "/join/?next=%2Fof-a-customer%2F"
    customer = CustomerFactory(merchant=orchard, user=UserFactory())
    client.force_login(customer.user)
    assert open_page().text == f"Orchard: {customer}"
    assert open_page()["Cache-Control"] == "private"


def test_whoever_does_not_ask_whose_a_page_is_pays_nothing(client, orchard, django_assert_num_queries):
    client.force_login(CustomerFactory(merchant=orchard, user=UserFactory()).user)
    with django_assert_num_queries(0):
        client.get("/indifferent/", headers={"Host": ORCHARD})
    with django_assert_num_queries(4):  # The merchant, the session, the person and the customer.
        client.get("/of-a-customer/", headers={"Host": ORCHARD})


def test_the_choice_offers_ones_own_first_and_links_from_host_to_host(client, orchard, vineyard):
    client.force_login(CustomerFactory(merchant=vineyard, user=UserFactory()).user)

    page = client.get("/merchants/", headers={"Host": f"{ORCHARD}:8123"}).text

    assert page.index("http://vineyard.localhost:8123/") < page.index("http://orchard.localhost:8123/")
    assert 'value="vineyard"' in client.get("/merchants/", headers={"Host": NOBODYS}).text


def test_pages_bear_the_merchants_name_and_lead_customers_to_theirs(client, orchard):
    assert "Orchard</title>" in client.get("/accounts/login/", headers={"Host": ORCHARD}).text
    assert 'aria-label="Your pages"' not in client.get("/", headers={"Host": ORCHARD}).text
    client.force_login(CustomerFactory(merchant=orchard, user=UserFactory()).user)
    assert 'aria-label="Your pages"' in client.get("/", headers={"Host": ORCHARD}).text
